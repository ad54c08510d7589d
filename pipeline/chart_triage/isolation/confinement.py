"""What the kernel is asked to forbid a child, for as long as it lives and for all of its own children.

Sockets are refused by a seccomp filter, which needs no privilege and works within containers. It is 15 instructions
written here: `pyseccomp` (last release of 2021) and the other bindings found need the library libseccomp, which is not
on every machine, for no more than this. Where filters are not permitted, a network namespace of its own leaves the
child without any network card; where that is not permitted either, the parent is told and says so in its log.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import select
import signal
import struct
import sys
import threading
from typing import Literal

Network = Literal["filtered", "unshared", "open"]

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_F_SETSIG = 10
# linux/bpf_common.h, linux/seccomp.h: load a word of seccomp_data, jump if equal / if at least, return.
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _KILL, _REFUSE = 0x7FFF_0000, 0x8000_0000, 0x0005_0000 | errno.EACCES
_FOREIGN_NUMBERS = 0x4000_0000  # x86-64: the x32 interface numbers the same calls from here on

# Architecture (linux/audit.h) and the numbers of the calls refused (the kernel's tables unistd_64.h and
# asm-generic/unistd.h): socket; io_uring_setup, which would open sockets past the filter; ptrace, process_vm_readv,
# process_vm_writev and pidfd_getfd, which reach into other processes.
_TABLES: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000_003E, (41, 425, 101, 310, 311, 438)),
    "aarch64": (0xC000_00B7, (198, 425, 117, 270, 271, 438)),
}


def limit_resources(*, memory_bytes: int, file_bytes: int, open_files: int, behind: int = 0) -> None:
    """What the kernel counts by itself. Limits that are lower already stay."""
    os.nice(behind)
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    _lower(resource.RLIMIT_NOFILE, open_files)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def limit_cpu(seconds: float) -> None:
    """The processor time that this process may still take: SIGXCPU ends it then. Called anew for every task."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def limit_step(seconds: float) -> None:
    """End this process by SIGPROF when it takes so much processor time from now on; 0 takes the limit away."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def die_with_parent(life: int) -> None:
    """Have this process group killed when nobody holds the writing end of the pipe `life` any more.

    The kernel does it, so that it works amid a library's loop; a parent's death by SIGKILL closes the pipe, too.
    """
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(life, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(life, _F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    else:
        threading.Thread(target=_wait_and_die, args=(life,), daemon=True).start()
    gone = select.poll()
    gone.register(life, 0)
    if gone.poll(0):  # before the kernel was asked
        _die()


def _wait_and_die(life: int) -> None:
    os.read(life, 1)
    _die()


def _die() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def close_network() -> Network:
    """Refuse this process and all that it starts any socket. Call it before threads are started."""
    if sys.platform != "linux":
        return "open"
    libc = ctypes.CDLL(None, use_errno=True)
    if _filter_calls(libc):
        return "filtered"
    return "unshared" if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 else "open"


def _filter_calls(libc: ctypes.CDLL) -> bool:
    table = _TABLES.get(platform.machine())
    if table is None or sys.maxsize < 2**32:
        return False
    program = _program(*table)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in program))
    # struct sock_fprog: the count of instructions and where they are
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _program(architecture: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Instructions (code, jump if true, jump if false, value)."""
    count = len(refused)
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_AT_LEAST, count + 1, 0, _FOREIGN_NUMBERS),
        *((_JUMP_EQUAL, count + 1 - at, 0, number) for at, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _REFUSE),
    ]
