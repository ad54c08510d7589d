"""Each kind of mistake in a guideline folder is told with file, line, what was found and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart_triage import resources
from chart_triage.errors import GuidelineError
from chart_triage.guidelines import check, load

MISTAKES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8")
)


def test_a_folder_in_order_has_no_problems(cardiac: Path) -> None:
    assert check(cardiac) == []
    assert load(cardiac).id == "cardiac-mri-2027"


@pytest.mark.parametrize("mistake", MISTAKES["guideline.yaml"], ids=lambda m: m["told"][0][:80])
def test_a_mistake_in_the_yaml_is_told(cardiac: Path, mistake: dict[str, Any]) -> None:
    file = cardiac / "guideline.yaml"
    text = file.read_text()
    assert mistake["old"] in text
    file.write_text(text.replace(mistake["old"], mistake["new"], 1))
    assert check(cardiac) == mistake["told"]
    with pytest.raises(GuidelineError) as error:
        load(cardiac)
    assert error.value.problems == mistake["told"]
    assert error.value.exit_code == 4


@pytest.mark.parametrize("mistake", MISTAKES["terms.csv"], ids=lambda m: m["told"][:80])
def test_a_bad_row_of_terms_is_told(cardiac: Path, mistake: dict[str, Any]) -> None:
    with (cardiac / "terms.csv").open("a") as file:
        file.write(f"{mistake['row']}\n")
    assert check(cardiac) == [mistake["told"]]


@pytest.mark.parametrize("mistake", MISTAKES["examples.yaml"], ids=lambda m: m["told"][:80])
def test_a_bad_example_is_told(cardiac: Path, mistake: dict[str, Any]) -> None:
    (cardiac / "examples.yaml").write_text(mistake["text"])
    assert check(cardiac) == [mistake["told"]]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_files(cardiac: Path) -> None:
    yaml = cardiac / "guideline.yaml"
    yaml.write_text(yaml.read_text().replace("title:", "titel:").replace("number: A.2", "number: B.2"))
    with (cardiac / "terms.csv").open("a") as file:
        file.write("pacemakr,pacer,literal,,,,x\n@heart,atrium,literal,,,,\n")
    (cardiac / "examples.yaml").write_text("- text: Pacer.\n  expect: {pacemaker: yes}\n")
    told = check(cardiac)
    assert [line.split(" ")[0] for line in told] == [
        "guideline.yaml:1:",
        "guideline.yaml:2:",
        "guideline.yaml:41:",
        "terms.csv:20:",
        "terms.csv:21:",
        "examples.yaml:2:",
    ]


def test_a_missing_file_is_told(cardiac: Path) -> None:
    (cardiac / "terms.csv").unlink()
    (cardiac / "examples.yaml").unlink()
    assert check(cardiac) == [
        "terms.csv: is missing in the folder cardiac-mri-2027; create it with the header "
        "key,term,kind,needs,unless,facet,source",
        "examples.yaml: is missing in the folder cardiac-mri-2027; create it",
    ]


def test_a_spreadsheet_that_is_not_utf_8_is_told(cardiac: Path) -> None:
    file = cardiac / "terms.csv"
    file.write_bytes(file.read_bytes() + "cardiomyopathy,Löffler endocarditis,literal,,,,x\n".encode("cp1252"))
    assert check(cardiac)[0] == "terms.csv: is not UTF-8; save it as 'CSV UTF-8'"


def test_a_byte_order_mark_and_blank_lines_of_a_spreadsheet_do_no_harm(cardiac: Path) -> None:
    file = cardiac / "terms.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n,,,,,,\r\n")
    assert check(cardiac) == []
    assert [term.line for term in load(cardiac).terms] == list(range(2, 20))


def test_a_header_of_another_table_is_told(cardiac: Path) -> None:
    (cardiac / "terms.csv").write_text("key;term;kind\npacemaker;pacer;literal\n")
    assert check(cardiac)[0] == (
        "terms.csv:1: the header is 'key;term;kind'; it must be key,term,kind,needs,unless,facet,source"
    )


def test_terms_without_rows_are_told(cardiac: Path) -> None:
    (cardiac / "terms.csv").write_text("key,term,kind,needs,unless,facet,source\n")
    assert check(cardiac) == ["terms.csv: has no rows; each concept needs at least one"]


def test_an_unknown_guideline_names_those_that_ship() -> None:
    assert (resources.lexicons() / "healthhelp-mrs-2026").is_dir()
    with pytest.raises(GuidelineError) as error:
        load("healthhelp-mrs-2025")
    assert str(error.value) == (
        "unknown guideline 'healthhelp-mrs-2025'; did you mean 'healthhelp-mrs-2026'? (or give the path of its folder)"
    )


def test_a_path_that_is_no_folder_is_told(tmp_path: Path) -> None:
    assert check(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: is not a folder; give the folder that holds guideline.yaml"
    ]


def test_words_may_carry_a_status_of_their_own(cardiac: Path) -> None:
    file = cardiac / "terms.csv"
    header, *rows = file.read_text().splitlines()
    wide = [header.replace("facet,", "facet,states,"), *(row.rpartition(",")[0] + ",," + "invented" for row in rows)]
    file.write_text("\n".join([*wide, "mr_conditional,MR unsafe,literal,,,,absent,invented"]))
    assert check(cardiac) == []
    assert [(t.term, t.states) for t in load(cardiac).terms if t.states] == [("MR unsafe", "absent")]
    file.write_text("\n".join([*wide, "mr_conditional,MR unsafe,literal,,,,abscent,invented"]))
    assert check(cardiac) == ["terms.csv:20: `states`: unknown status 'abscent'; did you mean 'absent'?"]


def test_a_group_needs_known_members_and_rows(cardiac: Path) -> None:
    yaml_file = cardiac / "guideline.yaml"
    group = "groups:\n  any_device: {label: Any device, members: [pacemaker, pacemakr]}\nothers:"
    yaml_file.write_text(yaml_file.read_text().replace("others:", group, 1))
    assert check(cardiac) == [
        "guideline.yaml:31: unknown concept 'pacemakr'; did you mean 'pacemaker'?",
        "guideline.yaml:31: group '@any_device' has no row in terms.csv and would never be found; add at least one",
    ]
