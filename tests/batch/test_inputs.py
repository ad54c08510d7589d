from __future__ import annotations

import os
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

from chart_triage.batch.engine import Place
from chart_triage.batch.inputs import Found, Input, Unusable, find
from chart_triage.batch.places import content
from chart_triage.errors import InputError
from chart_triage.intake import Limits
from chart_triage.records.request import RequestData


def found(*inputs: str | Path, request: RequestData | None = None) -> list[Input]:
    return list(find(map(str, inputs), request or RequestData(), {}))


def charts(listed: list[Input]) -> list[Found]:
    return [each for each in listed if isinstance(each, Found)]


def reasons(listed: list[Input]) -> list[tuple[str, str]]:
    return [(Path(each.name).name, each.failure.kind) for each in listed if isinstance(each, Unusable)]


def names(listed: list[Input]) -> list[str]:
    return [Path(each.name).name for each in charts(listed)]


def put(folder: Path, *files: str) -> Path:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"words of " + file.encode())
    return folder


def test_a_folder_is_looked_through_by_path_without_what_file_managers_leave(tmp_path: Path) -> None:
    put(tmp_path, "b/2.pdf", "b/1.tif", "a.txt", ".DS_Store", "Thumbs.db", ".git/x.txt", "unnamed")
    listed = found(tmp_path)
    assert names(listed) == ["a.txt", "unnamed", "1.tif", "2.pdf"]
    assert listed == found(tmp_path)


def test_files_and_patterns_keep_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    put(tmp_path, "x/2.pdf", "x/1.pdf", "x/3.txt", "z.pdf")
    assert names(found(tmp_path / "z.pdf", f"{tmp_path}/x/*.pdf")) == ["z.pdf", "1.pdf", "2.pdf"]
    assert names(found(f"{tmp_path}/**/*.pdf")) == ["1.pdf", "2.pdf", "z.pdf"]


def test_an_input_that_is_not_usable_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    listed = found(tmp_path / "nowhere", f"{tmp_path}/*.pdf", tmp_path / "empty", tmp_path / "pipe", "ftp://x/y")
    assert [kind for _, kind in reasons(listed)] == ["not_found", "not_found", "empty", "not_a_file", "unsupported"]
    assert not charts(listed)


def test_a_folder_that_may_not_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.txt", "closed/b.txt")
    look = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refused)
    listed = found(tmp_path)
    assert names(listed) == ["a.txt"]
    assert reasons(listed) == [("closed", "no_access")]


def test_a_manifest_tells_what_is_known_of_each_request(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "sub/b.pdf")
    manifest = tmp_path / "list.csv"
    manifest.write_text(
        "file,member_name,born,received,expedited,reference\n"
        'a.pdf,"Doe, Jane",1981-03-02,2026-11-13,true,R-1\n'
        "sub/b.pdf,,,,,\n",
        encoding="utf-8-sig",
    )
    one, other = charts(found(manifest, request=RequestData(line_of_business="medicare_advantage")))
    assert one.request == RequestData(
        member_name="Doe, Jane", born=date(1981, 3, 2), received=date(2026, 11, 13), expedited=True, reference="R-1",
        line_of_business="medicare_advantage",
    )  # fmt: skip
    assert other.request == RequestData(line_of_business="medicare_advantage")
    assert content(other.place, other.name, Limits()) == b"words of sub/b.pdf"


def test_a_row_that_cannot_be_used_costs_itself_only_and_quotes_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "b.pdf")
    manifest = tmp_path / "list.jsonl"
    rows = ('{"file": "a.pdf", "born": "Jane 1981"}', "not json", '{"file": "b.pdf"}', '{"file": "gone.pdf"}')
    manifest.write_text("\n".join(rows), encoding="utf-8")
    listed = found(manifest)
    assert names(listed) == ["b.pdf"]
    assert [kind for _, kind in reasons(listed)] == ["bad_manifest", "bad_manifest", "not_found"]
    first = next(each for each in listed if isinstance(each, Unusable))
    assert "line 1" in first.failure.reason
    assert "born" in first.failure.reason
    assert "Jane" not in first.failure.reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,born\nx,y\n", "no column 'file'"),
        ("file,meber_id\na.pdf,4\n", "did you mean 'member_id'?"),
        ("file\n", "names no charts"),
    ],
)
def test_a_manifest_with_wrong_columns_is_refused_as_a_whole(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    (listed,) = found(tmp_path / "list.csv")
    assert isinstance(listed, Unusable)
    assert told in listed.failure.reason


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_charts_in_an_archive_are_read_from_it(tmp_path: Path) -> None:
    path = tmp_path / "faxes.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("sub/b.txt", "a.txt", "__MACOSX/a.txt", ".DS_Store"):
            archive.writestr(name, f"words of {name}")
        archive.mkdir("empty")
    listed = charts(found(path))
    assert [each.name for each in listed] == [f"{path}/a.txt", f"{path}/sub/b.txt"]
    assert content(listed[1].place, listed[1].name, Limits()) == b"words of sub/b.txt"
    assert not [each for each in tmp_path.iterdir() if each != path]


def test_archives_made_to_do_harm_are_told_and_cost_little(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", **{"zeros.pdf": bytes(30_000_000), "good.txt": b"words"})
    listed = found(bomb)
    assert names(listed) == ["good.txt"]
    assert reasons(listed) == [("zeros.pdf", "too_large")]
    with zipfile.ZipFile(tmp_path / "paths.zip", "w") as archive:
        archive.writestr("../../out.txt", b"x")
        archive.writestr("/etc/out.txt", b"x")
        archive.writestr("inner.zip", b"PK\x03\x04")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert {kind for _, kind in reasons(found(tmp_path / "paths.zip"))} == {"unsupported"}
    assert len(reasons(found(tmp_path / "paths.zip"))) == 4


def test_a_size_that_lies_is_found_out_when_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.txt": bytes(2_000_000)})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 10)  # its size, says the list of files
    path.write_bytes(data)
    (listed,) = charts(found(path))
    assert listed.size == 10
    with pytest.raises(InputError):
        content(listed.place, listed.name, Limits())


def test_an_archive_of_overlapping_files_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{f"{n}.txt": os.urandom(3000) for n in range(3)})
    data = bytearray(path.read_bytes())
    first = data.find(b"PK\x01\x02")
    struct.pack_into("<L", data, first + 20, 9000)  # the first file reaches over the others
    path.write_bytes(data)
    assert reasons(found(path)) == [("a.zip", "damaged")]


@pytest.mark.parametrize("data", [b"PK\x03\x04 and no more", b"PK\x05\x06" + bytes(4)])
def test_a_broken_archive_is_one_failure(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert reasons(found(tmp_path / "a.zip")) == [("a.zip", "damaged")]


def test_a_locked_archive_is_told_by_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.txt": b"words"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert reasons(found(path)) == [("a.txt", "encrypted")]


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there any more"):
        content(Place(str(tmp_path / "gone.pdf")), "gone.pdf", Limits())
