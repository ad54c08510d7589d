from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest

from chart_triage.errors import StoreError
from chart_triage.store.blobs import Blobs

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize("key", [None, KEY])
def test_what_is_put_comes_back_and_is_kept_once(tmp_path: Path, key: str | None) -> None:
    blobs = Blobs(tmp_path, key)
    name = blobs.put(b"a page")
    assert blobs.put(b"a page") == name
    assert blobs.get(name) == b"a page"
    assert list(blobs.names()) == [name]


def test_with_a_key_nothing_can_be_read_on_the_disk(tmp_path: Path) -> None:
    name = Blobs(tmp_path, KEY).put(b"pacemaker")
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files
    assert not any(b"pacemaker" in p.read_bytes() for p in files)
    with pytest.raises(StoreError, match="another key"):
        Blobs(tmp_path, OTHER).get(name)


def test_files_from_before_the_key_stay_readable(tmp_path: Path) -> None:
    name = Blobs(tmp_path).put(b"old")
    assert Blobs(tmp_path, KEY).get(name) == b"old"


@pytest.mark.parametrize("key", [None, KEY])
def test_damage_is_told(tmp_path: Path, key: str | None) -> None:
    blobs = Blobs(tmp_path, key)
    name = blobs.put(b"a page of some length")
    path = next(p for p in tmp_path.rglob("*") if p.is_file())
    kept = bytearray(path.read_bytes())
    kept[-1] ^= 1
    path.write_bytes(kept)
    with pytest.raises(StoreError, match="damaged"):
        blobs.get(name)


def test_one_sealed_file_cannot_stand_in_for_another(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, KEY)
    first, second = blobs.put(b"first"), blobs.put(b"second")
    (tmp_path / second[:2] / second).write_bytes((tmp_path / first[:2] / first).read_bytes())
    with pytest.raises(StoreError):
        blobs.get(second)


def test_a_missing_file_is_told_and_names_are_checked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not in the store"):
        Blobs(tmp_path).get("0" * 64)
    with pytest.raises(ValueError, match="not the name"):
        Blobs(tmp_path).get("../../etc/passwd")


def test_drafts_of_a_killed_program_are_swept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"x")
    (tmp_path / name[:2] / f".{name}.1.abcd").write_bytes(b"half")
    assert list(blobs.names()) == [name]
    assert blobs.sweep(before=0) == 0, "one that is being written stays"
    assert blobs.sweep(before=time.time() + 1) == 1
    assert blobs.get(name) == b"x"


@pytest.mark.parametrize("key", ["short", "not base64 !"])
def test_a_useless_key_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(StoreError, match="32 bytes in base64"):
        Blobs(tmp_path, key)
