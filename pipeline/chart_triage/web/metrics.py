"""Figures for Prometheus: requests of this process, and from the database the queue, the workers, the charts.

Labels are routes, states and status codes: nothing of a chart, a person or a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chart_triage.store import health
from chart_triage.store.database import Database
from chart_triage.store.room import Room
from chart_triage.store.tables import now

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
_QUANTILES = (0.5, 0.95)


class Metrics:
    """One application's figures. `observe` is called for every request that was answered."""

    def __init__(self, database: Database, room: Room) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "chart_triage_requests", "Requests answered", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "chart_triage_request_seconds", "Seconds to answer", ("route",), registry=self._registry, buckets=_BUCKETS
        )
        self._registry.register(_Queue(database, room))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self._registry)


class _Queue(Collector):
    """Asks the database when it is asked."""

    def __init__(self, database: Database, room: Room) -> None:
        self._database = database
        self._room = room

    def describe(self) -> list[Metric]:
        return []  # without it the registry would ask the database before there is one

    def collect(self) -> Iterator[Metric]:
        with self._database.reading() as session:
            found = health.health(session)
        for name, told, by_state in (
            ("chart_triage_jobs", "Jobs by state", found.jobs),
            ("chart_triage_charts", "Charts by state", found.charts),
        ):
            family = GaugeMetricFamily(name, told, labels=("state",))
            for state, count in sorted(by_state.items()):
                family.add_metric((state,), count)
            yield family
        waited = (now() - found.waiting_since).total_seconds() if found.waiting_since else 0.0
        yield GaugeMetricFamily("chart_triage_queue_depth", "Jobs that wait", value=found.jobs.get("queued", 0))
        yield GaugeMetricFamily("chart_triage_oldest_waiting_seconds", "Age of the oldest job that waits", value=waited)
        yield GaugeMetricFamily("chart_triage_workers", "Workers seen of late", value=len(found.workers))
        yield GaugeMetricFamily("chart_triage_processed_last_hour", "Jobs done", value=len(found.seconds))
        free = self._room.free()
        if free is not None:
            yield GaugeMetricFamily("chart_triage_free_bytes", "Left on the disk of database and files", value=free)
        took = GaugeMetricFamily(
            "chart_triage_turnaround_seconds", "Receipt to results, last hour", labels=("quantile",)
        )
        for share in _QUANTILES:
            value = health.quantile(found.seconds, share)
            if value is not None:
                took.add_metric((str(share),), value)
        yield took
