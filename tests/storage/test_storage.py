"""The same contract on a folder and on a bucket of a real S3-compatible server."""

from __future__ import annotations

import pickle
import stat
import time
from pathlib import Path

import pytest

from chart_triage.errors import StoreError
from chart_triage.storage import Storage, is_bucket, opened
from chart_triage.storage.bucket import Bucket


@pytest.fixture(params=["folder", "bucket"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "kept")
    address: str = request.getfixturevalue("bucket")
    return address


@pytest.fixture
def storage(location: str) -> Storage:
    return opened(location)


def test_what_is_written_is_read_replaced_and_removed(storage: Storage) -> None:
    assert storage.read("ab/abc") is None
    storage.write("ab/abc", b"first")
    storage.write("ab/abc", b"second")
    assert storage.read("ab/abc") == b"second"
    storage.remove("ab/abc")
    storage.remove("ab/abc")
    assert storage.read("ab/abc") is None
    assert storage.entry("ab/abc") is None


def test_entries_tell_key_size_and_age_in_order(storage: Storage) -> None:
    before = time.time() - 2
    for key in ("b/two", "a/one", "b/three/deep"):
        storage.write(key, b"x" * len(key))
    storage.check()
    assert [(e.key, e.size) for e in storage.entries()] == [("a/one", 5), ("b/three/deep", 12), ("b/two", 5)]
    assert [e.key for e in storage.entries("b")] == ["b/three/deep", "b/two"]
    assert all(before < e.written < time.time() + 2 for e in storage.entries())
    assert list(storage.entries("nothing")) == []


def test_a_fresh_file_is_renewed_and_a_missing_one_is_not(storage: Storage) -> None:
    assert not storage.renew("a/one")
    storage.write("a/one", b"x")
    assert storage.renew("a/one")


def test_a_storage_can_be_sent_to_another_process(storage: Storage) -> None:
    storage.write("a/one", b"x")
    again: Storage = pickle.loads(pickle.dumps(storage))
    assert again.read("a/one") == b"x"


def test_large_and_empty_content_comes_back(storage: Storage) -> None:
    large = bytes(range(256)) * 50_000
    storage.write("large", large)
    found = storage.entry("large")
    assert found is not None
    assert found.size == len(large)
    storage.write("empty", b"")
    assert storage.read("large") == large
    assert storage.read("empty") == b""


def test_files_of_a_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path / "kept").write("ab/abc", b"x")
    modes = {p.relative_to(tmp_path).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*")}
    assert modes == {"kept": 0o700, "kept/ab": 0o700, "kept/ab/abc": 0o600}


def test_a_folder_has_no_half_written_files_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = opened(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            storage.write("a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_old_object_has_to_be_written_again(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = opened(bucket)
    storage.write("a", b"x")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 1000)
    assert not storage.renew("a")


def test_a_bucket_that_is_not_there_is_told(bucket: str) -> None:
    missing = opened("s3://no-such-bucket/x")
    with pytest.raises(StoreError, match="no-such-bucket cannot be written; there is no such bucket"):
        missing.check()
    with pytest.raises(StoreError, match="cannot be listed"):
        list(missing.entries())


def test_an_endpoint_that_does_not_answer_is_told_without_its_address(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("chart_triage.storage.bucket._RETRIES", 0)
    with pytest.raises(StoreError, match="check the endpoint") as caught:
        opened(bucket).write("a", b"x")
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "allowed", "fine"),
    [
        ("http://127.0.0.1:9000", "", True),
        ("http://localhost:9000", "", True),
        ("http://minio.example.org:9000", "", False),
        ("http://minio.example.org:9000", "true", True),
        ("https://minio.example.org", "", False),
        ("", "", False),
    ],
)
def test_charts_go_without_tls_only_where_that_is_said(endpoint: str, allowed: str, fine: bool) -> None:
    from chart_triage.storage.bucket import plain_http_is_fine

    assert plain_http_is_fine({"AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": allowed}) is fine


def test_only_addresses_of_buckets_are_buckets() -> None:
    assert is_bucket("s3://charts/prefix")
    assert not is_bucket("charts/s3")
    assert not is_bucket(Path("s3:/charts"))
    with pytest.raises(StoreError, match="Write s3://bucket/prefix"):
        Bucket("s3:///prefix")


def test_without_the_package_a_bucket_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chart_triage.storage.bucket.find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"pip install 'chart-triage\[s3\]'"):
        opened("s3://charts/x")
