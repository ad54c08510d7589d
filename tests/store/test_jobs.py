from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from chart_triage.store import charts
from chart_triage.store.database import Database
from chart_triage.store.jobs import Lease, LeaseLostError, Queue, enqueue, expire, retry
from chart_triage.store.tables import ChartRow, Job, SiteSetting

BRIEF = timedelta(milliseconds=150)


def fill(database: Database, count: int, *, asked_by: str = "", name: str = "chart", priority: int = 100) -> None:
    with database.writing() as session:
        for number in range(count):
            chart = f"{name}-{number:03}"
            session.add(ChartRow(id=chart, sha256="0" * 64, file_name="a.pdf", media_type="x", size=1, state="waiting"))
            session.flush()
            enqueue(session, chart, "process", priority=priority, asked_by=asked_by)


def keep_result(database: Database, queue: Queue, lease: Lease) -> None:
    with database.writing() as session:
        session.add(SiteSetting(key="result"))
        queue.finish(session, lease)


def states(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).tuples().all())


def test_a_job_is_claimed_once_and_finished(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database)
    lease = queue.claim("w1")
    assert lease is not None
    assert queue.claim("w2") is None
    with database.writing() as session:
        queue.finish(session, lease)
    assert states(database) == {"done": 1}


def test_lower_priority_numbers_go_first(database: Database) -> None:
    fill(database, 2)
    with database.writing() as session:
        late = session.scalar(select(Job).where(Job.chart_id == "chart-001"))
        assert late is not None
        late.priority = 1
    lease = Queue(database).claim("w")
    assert lease is not None
    assert lease.chart == "chart-001"


def test_a_silent_worker_loses_its_job_and_can_no_longer_finish_it(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database, lease=BRIEF)
    first = queue.claim("slow")
    assert first is not None
    time.sleep(0.2)
    second = queue.claim("next")
    assert second is not None
    assert second.fence > first.fence
    with pytest.raises(LeaseLostError):
        keep_result(database, queue, first)
    with database.reading() as session:
        assert session.get(SiteSetting, "result") is None, "the loser's results are not kept"
    with pytest.raises(LeaseLostError):
        queue.beat(first)
    with database.writing() as session:
        queue.finish(session, second)


def test_a_beat_keeps_the_lease_and_shows_progress(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database, lease=timedelta(milliseconds=400))
    lease = queue.claim("w")
    assert lease is not None
    for page in range(4):
        time.sleep(0.15)
        queue.beat(lease, {"page": page})
    assert queue.claim("other") is None
    with database.reading() as session:
        job = session.get(Job, lease.job)
        assert job is not None
        assert job.progress_json == {"page": 3}


def test_a_chart_that_takes_its_workers_down_is_parked_and_blocks_nobody(database: Database) -> None:
    fill(database, 2)
    queue = Queue(database, lease=BRIEF, tries=2)
    taken = queue.claim("dying")
    time.sleep(0.2)
    other = queue.claim("next")
    assert (taken and taken.chart, other and other.chart) == ("chart-000", "chart-001")
    assert other is not None
    with database.writing() as session:
        queue.finish(session, other)
    assert queue.claim("dying too")
    time.sleep(0.2)
    assert queue.claim("last") is None
    with database.reading() as session:
        parked = session.scalar(select(Job).where(Job.state == "parked"))
        assert parked is not None
        assert "ended without a word" in (parked.problem or "")
    with database.writing() as session:
        assert retry(session, "chart-000") == 1
    assert states(database) == {"queued": 1, "done": 1}


def test_a_failure_is_tried_again_later_and_then_parked(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database, tries=2)
    lease = queue.claim("w")
    assert lease is not None
    assert queue.fail(lease, "the disk is full", again=True) is False
    assert queue.claim("w") is None, "not before the back-off"
    with database.writing() as session:
        for job in session.scalars(select(Job)):
            job.run_after = job.created_at
    lease = queue.claim("w")
    assert lease is not None
    assert queue.fail(lease, "the disk is full", again=True) is True
    assert states(database) == {"parked": 1}


def test_a_refused_file_is_parked_at_once(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database)
    lease = queue.claim("w")
    assert lease is not None
    assert queue.fail(lease, "not a document", again=False) is True


def test_a_released_job_has_lost_no_try(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database)
    lease = queue.claim("w")
    assert lease is not None
    queue.release(lease)
    again = queue.claim("w")
    assert again is not None
    assert again.tries == 1


def work(url: str, worker: str) -> None:
    database = Database(url)
    queue = Queue(database, lease=timedelta(seconds=1), tries=50)
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < 4:
        lease = queue.claim(worker)
        if lease is None:
            time.sleep(0.05)
            continue
        time.sleep(0.02)
        try:
            with database.writing() as session:
                queue.finish(session, lease)
                session.add(SiteSetting(key=f"{lease.chart}:{lease.fence}"))
        except LeaseLostError:
            pass
        idle_since = time.monotonic()


def test_killed_workers_lose_and_double_nothing(database: Database, database_url: str) -> None:
    fill(database, 60)
    start = multiprocessing.get_context("spawn").Process
    workers = [start(target=work, args=(database_url, f"w{n}")) for n in range(2)]
    for worker in workers:
        worker.start()
    for round_ in range(4):
        time.sleep(0.7)
        victim = workers[round_ % 2]
        if victim.is_alive() and victim.pid:
            os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        workers[round_ % 2] = start(target=work, args=(database_url, f"again{round_}"))
        workers[round_ % 2].start()
    for worker in workers:
        worker.join(60)
    assert states(database) == {"done": 60}
    with database.reading() as session:
        results = [key.split(":")[0] for key in session.scalars(select(SiteSetting.key))]
    assert len(results) == 60
    assert len(set(results)) == 60


def test_a_chart_whose_job_is_parked_says_so_itself(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database, lease=BRIEF, tries=1, parked=charts.parked)
    assert queue.claim("dying")
    time.sleep(0.2)
    assert queue.claim("next") is None
    with database.reading() as session:
        row = session.get_one(ChartRow, "chart-000")
        assert row.state == charts.State.PARKED
        assert "ended without a word" in (row.problem or "")


def test_a_chart_that_took_its_worker_down_waits_behind_the_others(database: Database) -> None:
    fill(database, 2)
    queue = Queue(database)
    first = queue.claim("dying")
    assert first is not None
    with database.writing() as session:
        assert expire(session, ["another"]) == 0
        assert expire(session, ["dying"]) == 1
    order = [lease.chart for lease in (queue.claim("w"), queue.claim("w")) if lease]
    assert order == ["chart-001", "chart-000"]


def test_a_chart_is_not_processed_twice_at_once(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database)
    first = queue.claim("w1")
    assert first is not None
    with database.writing() as session:
        enqueue(session, "chart-000", "process")
    assert queue.claim("w2") is None
    with database.writing() as session:
        queue.finish(session, first)
    assert queue.claim("w2") is not None


def test_a_job_given_back_costs_no_try(database: Database) -> None:
    fill(database, 1)
    queue = Queue(database)
    first = queue.claim("w1")
    assert first is not None
    queue.release(first)
    again = queue.claim("w2")
    assert again is not None
    assert (again.tries, again.fence) == (1, 2)


def serve(database: Database, seconds: dict[str, float], count: int) -> list[str]:
    """The order in which a worker takes charts that need so many `seconds`, by the beginnings of their names."""
    queue, order = Queue(database), []
    for _ in range(count):
        lease = queue.claim("w")
        assert lease is not None
        order.append(lease.chart)
        with database.writing() as session:
            queue.finish(session, lease._replace(taken=seconds[lease.chart[0]]))
    return order


def test_who_brings_one_chart_does_not_wait_for_the_many_of_another(database: Database) -> None:
    fill(database, 5, asked_by="ann", name="a")
    assert serve(database, {"a": 2}, 2) == ["a-000", "a-001"]
    fill(database, 1, asked_by="bob", name="b")
    assert serve(database, {"a": 2, "b": 2}, 4) == ["b-000", "a-002", "a-003", "a-004"]


def test_turns_are_by_time_and_not_by_charts(database: Database) -> None:
    fill(database, 4, asked_by="mallory", name="m")
    fill(database, 4, asked_by="ann", name="a")
    order = serve(database, {"m": 180, "a": 2}, 8)
    assert order == ["m-000", "a-000", "a-001", "a-002", "a-003", "m-001", "m-002", "m-003"]


def test_a_chart_in_work_counts_as_well(database: Database) -> None:
    fill(database, 2, asked_by="mallory", name="m")
    queue = Queue(database)
    first = queue.claim("w1")
    assert first is not None
    queue.beat(first._replace(taken=5.0))
    fill(database, 1, asked_by="ann", name="a")
    order = [lease.chart for lease in (queue.claim("w2"), queue.claim("w3")) if lease]
    assert order == ["a-000", "m-001"]


def test_what_was_taken_long_ago_counts_no_more(database: Database) -> None:
    fill(database, 2, asked_by="mallory", name="m")
    assert serve(database, {"m": 900}, 1) == ["m-000"]
    fill(database, 1, asked_by="ann", name="a")
    with database.writing() as session:
        for job in session.scalars(select(Job).where(Job.begun_at.is_not(None))):
            job.begun_at = job.created_at - timedelta(hours=2)
    assert serve(database, {"m": 1, "a": 1}, 2) == ["m-001", "a-000"]


def test_an_urgent_chart_comes_first_whoever_brought_it(database: Database) -> None:
    fill(database, 2, asked_by="ann", name="a")
    assert serve(database, {"a": 60}, 1) == ["a-000"]
    fill(database, 1, asked_by="ann", name="u", priority=10)
    fill(database, 1, asked_by="bob", name="b")
    assert serve(database, {"a": 60, "u": 60, "b": 1}, 3) == ["u-000", "b-000", "a-001"]


def test_who_asks_again_has_the_turn(database: Database) -> None:
    fill(database, 1, asked_by="mallory", name="m")
    queue = Queue(database)
    lease = queue.claim("w")
    assert lease is not None
    assert queue.fail(lease._replace(taken=30.0), "not a document", again=False)
    with database.writing() as session:
        assert retry(session, lease.chart, asked_by="bob") == 1
    again = queue.claim("w")
    assert again is not None
    assert again.taken > 29
    with database.reading() as session:
        assert session.get_one(Job, lease.job).asked_by == "bob"


def in_work(database: Database, asked_by: str, *, seconds: float, taken: float = 0.0, priority: int = 100) -> Lease:
    """A job that a worker has had for so long in this try, and `taken` in former ones."""
    fill(database, 1, asked_by=asked_by, name="long", priority=priority)
    queue = Queue(database)
    lease = queue.claim("w")
    assert lease is not None
    lease = lease._replace(begun_at=lease.begun_at - timedelta(seconds=seconds), taken=taken)
    queue.beat(lease)
    return lease


def done_before(database: Database, seconds: float, count: int = 5) -> None:
    """Charts that took so long each, of somebody who has none now."""
    fill(database, count, asked_by="office", name="done")
    with database.writing() as session:
        for job in session.scalars(select(Job).where(Job.asked_by == "office")):
            job.state, job.seconds, job.begun_at = "done", seconds, job.created_at


def wait_since(database: Database, seconds: float) -> None:
    with database.writing() as session:
        for job in session.scalars(select(Job).where(Job.state == "queued")):
            job.run_after -= timedelta(seconds=seconds)


def test_a_chart_that_takes_long_makes_room_for_who_has_taken_less(database: Database) -> None:
    done_before(database, 2)
    queue, lease = Queue(database), in_work(database, "mallory", seconds=31)
    assert not queue.should_make_room(lease), "nobody waits"
    fill(database, 1, asked_by="mallory", name="m")
    wait_since(database, 10)
    assert not queue.should_make_room(lease), "nobody else waits"
    fill(database, 1, asked_by="ann", name="a")
    assert not queue.should_make_room(lease), "another worker may take it"
    wait_since(database, 10)
    assert queue.should_make_room(lease)
    with database.writing() as session:
        done = Job(chart_id="a-000", task="process", state="done", asked_by="ann", seconds=20, begun_at=lease.begun_at)
        session.add(done)
    assert not queue.should_make_room(lease), "who waits has taken nearly as much"
    with database.writing() as session:
        session.delete(session.get_one(Job, done.id))
    assert not queue.should_make_room(lease._replace(begun_at=lease.begun_at + timedelta(seconds=20)))
    queue.release(lease)
    leases = [lease for lease in (queue.claim("w") for _ in range(4)) if lease]
    assert [lease.chart for lease in leases] == ["a-000", "m-000", "long-000"], "it goes on when it is its turn again"
    assert leases[2].tries == 1
    assert leases[2].taken > 30


def test_each_time_a_chart_has_twice_as_long_so_that_it_comes_to_its_end(database: Database) -> None:
    done_before(database, 2)
    queue, lease = Queue(database), in_work(database, "mallory", seconds=110, taken=60)
    fill(database, 1, asked_by="ann", name="a")
    wait_since(database, 10)
    assert not queue.should_make_room(lease)
    assert queue.should_make_room(lease._replace(begun_at=lease.begun_at - timedelta(seconds=15)))


def test_an_urgent_chart_makes_no_room_for_one_that_is_not(database: Database) -> None:
    done_before(database, 2)
    queue, urgent = Queue(database), in_work(database, "mallory", seconds=40, priority=10)
    fill(database, 1, asked_by="ann", name="a")
    wait_since(database, 10)
    assert not queue.should_make_room(urgent)


def test_a_long_chart_makes_room_for_an_urgent_one_of_the_same_person(database: Database) -> None:
    done_before(database, 2)
    queue, lease = Queue(database), in_work(database, "ann", seconds=40)
    fill(database, 1, asked_by="ann", name="a", priority=10)
    wait_since(database, 10)
    assert queue.should_make_room(lease)


def test_what_takes_as_long_as_charts_do_here_is_not_put_aside(database: Database) -> None:
    queue, lease = Queue(database), in_work(database, "mallory", seconds=50)
    fill(database, 1, asked_by="ann", name="a")
    wait_since(database, 10)
    assert not queue.should_make_room(lease), "nobody knows yet how long charts take"
    done_before(database, 20)
    assert not queue.should_make_room(lease)
    assert queue.should_make_room(lease._replace(begun_at=lease.begun_at - timedelta(seconds=31)))
