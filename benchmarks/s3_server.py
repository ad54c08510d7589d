"""A real S3-compatible server (moto) as a process of its own on this machine, for tests and benchmarks."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib.util import find_spec
from socket import create_server

_PATIENCE = 30.0  # seconds until it must answer
BUCKET = "charts"


def installed() -> bool:
    """Whether the server and the client are there."""
    return all(find_spec(name) is not None for name in ("moto", "flask", "obstore"))


@contextmanager
def server() -> Iterator[Mapping[str, str]]:
    """The environment by which its clients find it. It has one empty bucket, `BUCKET`, and keeps it in memory."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = "from moto.server import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _make_bucket(port)
        yield _environment(port)
    finally:
        process.kill()
        process.wait()


def _environment(port: int) -> Mapping[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "charts",
        "AWS_SECRET_ACCESS_KEY": "charts-secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }


def _make_bucket(port: int) -> None:
    ends = time.monotonic() + _PATIENCE
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("PUT", f"/{BUCKET}")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        if time.monotonic() > ends:
            raise RuntimeError("the S3 server did not come up")
        time.sleep(0.05)
