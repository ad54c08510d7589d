"""Charts as they arrive: what is said to be right about them is so on the drawn pages; the benchmark judges by it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import pikepdf
import pytest
import simple_icd_10_cm
import yaml
from PIL import Image

from chart_triage.assess import Assessor
from chart_triage.records.chart_index import PageKind
from chart_triage.records.request import RequestData

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "fixtures")]

from benchmarks import packets as benchmark  # noqa: E402
from benchmarks.packet_scores import ROWS, Judged, judge  # noqa: E402

import packet as packets  # noqa: E402
from packeting.compose import Composed  # noqa: E402
from packeting.content import PACKETS, SPLITS, Kind, Packet, paths  # noqa: E402
from packeting.gold import Gold, gold  # noqa: E402
from packeting.letters import Letters  # noqa: E402

NAMES = packets.names()
GUIDELINE = yaml.safe_load((ROOT / "lexicons/healthhelp-mrs-2026/guideline.yaml").read_text(encoding="utf-8"))
SAFETY = {item["concept"] for item in GUIDELINE["contraindications"]["items"]}
TOP = {"1", "2", "3", "4", "5", "6", "7"}
TEXTS = sorted(PACKETS.rglob("*.yaml"))
each_packet = pytest.mark.parametrize("name", NAMES)


@cache
def drawn(name: str) -> tuple[Packet, Composed, Gold]:
    what = packets.packet(name)
    made = packets.composed(what)
    return what, made, gold(what, made)


def numbers(criteria: list[dict[str, object]]) -> set[str]:
    """All printed numbers of the guideline's tree."""
    found = set()
    for node in criteria:
        found |= {str(node["number"])} if "number" in node else set()
        for part in ("any_of", "all_of"):
            found |= numbers(node.get(part, []))  # type: ignore[arg-type]
    return found


def test_there_are_enough_of_each_sort_in_each_half() -> None:
    sorts = Counter(drawn(name)[0].sort for name in NAMES)
    assert sorts["native"] >= 10
    assert sorts["scanned"] >= 6
    assert sorts["faxed"] >= 8
    assert sorts["mixed"] >= 4
    for split in SPLITS:
        half = [drawn(name) for name in packets.names(split)]
        assert len(half) >= 14
        assert len({what.sort for what, _, _ in half}) == 4
        pages = [page for _, _, right in half for page in right.pages]
        assert sum(page.foreign for page in pages) >= 10
        assert sum(bool(page.copies) for page in pages) >= 16
        assert sum(page.kinds == ("illegible",) for page in pages) >= 3
        assert sum(page.kinds == ("blank",) for page in pages) >= 4
        assert {kind for page in pages for kind in page.kinds} == {kind.value for kind in PageKind}


def test_the_halves_share_no_patient() -> None:
    people = {split: set() for split in SPLITS}  # type: dict[str, set[tuple[str, str]]]
    for name in NAMES:
        what = drawn(name)[0]
        people[what.split] |= {(person.last, person.first) for person in what.people.values()}
    assert not people["dev"] & people["heldout"]


def test_kinds_are_those_of_the_program() -> None:
    assert {*get_args(Kind), "blank", "illegible"} == {kind.value for kind in PageKind}


@each_packet
def test_the_file_has_a_page_for_each_that_is_described(name: str, tmp_path: Path) -> None:
    what, made, right = drawn(name)
    path = tmp_path / f"packet{what.ending}"
    path.write_bytes(made.data)
    if what.ending == ".pdf":
        with pikepdf.open(path) as pdf:
            count = len(pdf.pages)
    else:
        with Image.open(path) as image:
            count = getattr(image, "n_frames", 1)
    assert 2 <= count == len(right.pages) <= 40
    assert all(page.how == "native" for page in what.arrivals) == (what.sort == "native")
    assert any(page.how == "native" for page in what.arrivals) == (what.sort in ("native", "mixed"))


@each_packet
def test_words_to_be_highlighted_arrive_on_readable_pages_of_the_patient(name: str) -> None:
    _, _, right = drawn(name)
    for line in right.lines:
        assert line.places, line
        for page, places in line.places.items():
            assert not right.pages[page - 1].foreign
            assert all(0 < x0 < x1 < 800 and 0 < y0 < y1 < 800 for x0, y0, x1, y1 in places), line


@each_packet
def test_labels_use_the_guidelines_keys_and_agree_with_themselves(name: str) -> None:
    what, _, right = drawn(name)
    result = what.result
    kinds = {other["kind"] for other in GUIDELINE["others"]}
    assert {line.concept for line in right.lines} <= {*GUIDELINE["concepts"], *kinds}
    assert set(result.contraindications) <= SAFETY
    assert set(result.conflicts) <= set(result.contraindications)
    assert set(result.criteria) <= numbers(GUIDELINE["criteria"])
    supported = {number for number, statuses in result.criteria.items() if statuses == ("supported",)} & TOP
    assert bool(supported) == (result.suggestion == ("criteria_supported",))


@each_packet
def test_every_row_of_a_form_is_found_where_it_was_drawn(name: str) -> None:
    what, _, right = drawn(name)
    for key, part in what.parts.items():
        asked = re.findall(r"(?m)^\? ", part.document.body)
        pages = [page for page in right.pages if page.document == key and not page.is_unread and not page.foreign]
        if asked and pages and len({what.arrivals[page.number - 1].page for page in pages}) == 1:
            rows = [row for row in right.rows if row.page in {page.number for page in pages}]
            assert len(rows) == len(asked) * len(pages)
            assert {row.answer for row in rows} <= {"yes", "no", ""}


@each_packet
def test_strangers_can_be_told_from_the_patient(name: str) -> None:
    what = drawn(name)[0]
    own = [what.people[key] for key in what.same]
    for key, person in what.people.items():
        if key not in what.same:
            assert all(person.mrn != other.mrn for other in own)
            assert all((person.first, person.born) != (other.first, other.born) for other in own)
            assert any(part.of == key for part in what.parts.values())


@each_packet
def test_notes_that_are_alike_differ_in_words(name: str) -> None:
    what, made, _ = drawn(name)
    letters = Letters(made.original)
    texts = Counter(letters.text(first) for first in made.firsts.values())
    assert set(texts.values()) == {1}, what.name


@pytest.mark.parametrize("name", ["ms-stent-refaxed", "tumor-board-bundle"])
def test_drawing_again_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    what, made, _ = drawn(name)
    assert packets.composed(what, tmp_path).data == made.data


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_codes_exist_and_telephone_numbers_are_invented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for code in re.findall(r"\b[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b", text):
        assert simple_icd_10_cm.is_valid_item(code), code
    for number in re.findall(r"(?i)(?:tel|fax|phone|pager|call|at) (\d{3}-\d{4})\b", text):
        assert number.startswith("555-01"), number
    for number in re.findall(r"(?<!\d)555[- ]?\d{4}(?!\d)", text):
        assert re.match(r"555[- ]?01", number), number
    assert not re.search(r"@\w|https?://|\bwww\.", text)


def test_an_unknown_packet_is_refused_with_the_known_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        packets.main(["no-such-packet", str(tmp_path / "x.pdf")])
    assert "krabbe-child-scanned" in capsys.readouterr().err


def test_the_readme_tells_of_every_packet() -> None:
    readme = (PACKETS / "README.md").read_text(encoding="utf-8")
    assert not [path.stem for split in SPLITS for path in paths(split) if f"| {path.stem} |" not in readme]


def judged(name: str, folder: Path) -> list[Judged]:
    what, made, right = drawn(name)
    path = folder / f"packet{what.ending}"
    path.write_bytes(made.data)
    return list(judge(what, right, Assessor().chart(path, RequestData(planned_scan=what.scan_date))))


# Small native packets of the development half. As they are today: raise what gets better.
# the first: a record number that no label stands before
MOST_WRONG = {"glioma-recurrence-referral": 1, "order-and-form-only": 0, "headache-between-policies": 11}


@pytest.mark.parametrize("name", MOST_WRONG)
def test_small_packets_are_judged_as_well_as_today(name: str, tmp_path: Path) -> None:
    results = judged(name, tmp_path)
    assert {result.what for result in results} >= {"determinations right", "readable pages read"}
    assert all(result.what in ROWS or result.what.startswith("form rows right, ") for result in results)
    wrong = [result for result in results if not result.right]
    assert len(wrong) <= MOST_WRONG[name], wrong


def test_errors_of_the_held_out_half_are_never_listed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = dict(benchmark.main(["--held-out", "--errors", "--only", "dizzy-with-pacemaker"]))
    assert "charts with all of their pages" in rows
    assert capsys.readouterr().err == ""
