"""The copy of a result that shall not say whose chart it is."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from chart_triage import report
from chart_triage.assess import AssessedChart, Assessor
from chart_triage.records.request import RequestData

FIXTURES = Path(__file__).parents[2] / "fixtures"
CHART = FIXTURES / "charts" / "glioblastoma-recurrence-or-necrosis.pdf"


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor()


@pytest.fixture(scope="module")
def assessed(assessor: Assessor) -> AssessedChart:
    return assessor.chart(CHART, RequestData(reference="R-4711"))


@pytest.fixture(scope="module")
def made(assessed: AssessedChart) -> dict[str, bytes]:
    return report.deidentified(CHART.read_bytes(), assessed.chart, assessed.determination)


def test_neither_text_nor_json_names_the_patient_the_author_or_the_file(
    assessed: AssessedChart, made: dict[str, bytes]
) -> None:
    index = assessed.determination.index
    assert index is not None
    assert index.patient is not None
    authors = [author.partition(",")[0] for d in index.documents if (author := d.author)]
    names = [index.patient.name, *authors, *index.patient.numbers]
    words = {w for name in names if name for w in re.findall(r"[A-Za-z]{4,}|\d{4,}", name)} - {"CCDS"} | {"R-4711"}
    assert len(words) >= 4
    for name in ("deidentified.txt", "deidentified.json"):
        told = made[name].decode()
        assert not [word for word in words if re.search(rf"\b{word}\b", told, re.IGNORECASE)]
        assert assessed.chart.sha256 not in told
    assert "[DATE OF BIRTH]" in made["deidentified.txt"].decode()


def test_statuses_and_the_words_that_made_them_stay(assessed: AssessedChart, made: dict[str, bytes]) -> None:
    facts = json.loads(made["deidentified.json"])
    assert facts["suggestion"] == assessed.determination.suggestion.value
    before = assessed.determination.criteria
    assert {key: c["status"] for key, c in facts["criteria"].items()} == {k: c.status.value for k, c in before.items()}
    quotes = {e["text"] for c in facts["contraindications"].values() for e in c["evidence"]}
    assert "Pacemaker" in quotes
    assert facts["taken_out"]["birth"] >= 1


def test_the_pdf_holds_pixels_of_kept_words_alone(assessed: AssessedChart, made: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(made["deidentified.pdf"])) as pdf:
        assert len(pdf.pages) == len(assessed.chart.pages)
        assert not {"/AcroForm", "/Names", "/Metadata", "/OpenAction", "/Outlines"} & set(pdf.Root.keys())
        assert not any("/Annots" in page for page in pdf.pages)
        assert "/Info" not in pdf.trailer
    drawn = pypdfium2.PdfDocument(made["deidentified.pdf"])
    before = pypdfium2.PdfDocument(CHART)
    page = assessed.chart.pages[0]
    assert drawn[0].get_textpage().get_text_bounded() == ""
    pictures = [document[0].render(scale=2).to_pil().convert("L") for document in (drawn, before)]
    kept, taken = [], []
    text = page.text
    for word in page.words:
        corners = tuple(round(v * 2) for v in (word.box.x0, word.box.y0, word.box.x1, word.box.y1))
        darkest = [picture.crop(corners).getextrema()[0] for picture in pictures]
        said = text[word.start : word.end]
        if said in ("Recurrence", "pacemaker", "necrosis.", "Glioblastoma,"):
            kept.append(darkest)
        elif re.search(r"\d\d/\d\d/\d{4}", said):
            taken.append(darkest)
    assert kept
    assert taken
    assert all(now < 100 for now, _ in kept)
    assert all(now > 180 and was < 100 for now, was in taken)


def test_the_command_writes_it_into_a_folder_that_tells_nothing(tmp_path: Path) -> None:
    note = tmp_path / "Quillfeather_Ann.txt"
    note.write_text("Patient: Quillfeather, Ann   DOB: 07/23/1961\nKnown glioma.\n", encoding="utf-8")
    command = [sys.executable, "-m", "chart_triage.cli", "assess", str(note), "--out", str(tmp_path / "out")]
    subprocess.run([*command, "--deidentify", str(tmp_path / "shared")], check=True, capture_output=True, timeout=60)
    (folder,) = (tmp_path / "shared").iterdir()
    assert re.fullmatch(r"[0-9a-f]{12}", folder.name)
    assert sorted(path.name for path in folder.iterdir()) == ["deidentified.json", "deidentified.txt"]
    assert "uillfeather" not in "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
