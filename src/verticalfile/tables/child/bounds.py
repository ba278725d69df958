"""What a worker may use: set by itself, before it sees a harvested byte, and never undone.

Held everywhere: memory, processor time, size of a file, number of open files, no core dump.
Held where the kernel has Landlock (Linux 5.13 and later; no rights are needed): files outside of
the worker's own folder and the folders of the installed program cannot be opened, by no code in
it; from 5.19 to 6.12 on also no TCP connection made, no file cut off by its name (6.2) and no signal
sent to others (each where the kernel knows it). Not held: UDP, looking whether a name exists,
changing the mode or the times of a file by its name, reading the installed program, using up the
processor until time is over. Without Landlock a worker taken over by a crafted file could do what
this user can do; `vf doctor` says what it is here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import stat
import struct
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one worker."""

    memory_bytes: int = 4 << 30
    """Address space: a table of 300 MB as text, decoded and as columns, and the libraries."""
    base_s: float = 120.0
    """Seconds for any file: a small one takes milliseconds, on a busy machine too."""
    per_mb_s: float = 2.0
    """Seconds more per megabyte: the slowest reader does 10 MB a second on two old cores."""
    file_bytes: int = 32 << 30
    """Largest file a worker may write: 20 GB unpacked, as columns."""
    open_files: int = 64

    def seconds(self, size_bytes: int) -> float:
        """What one file of this size is given."""
        return self.base_s + self.per_mb_s * size_bytes / 1e6


_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every Linux
_PATH_BENEATH = 1
_READ_FILE = 1 << 2
_READ = _READ_FILE | 1 << 3  # and list a folder
_WRITE = _READ | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8  # and write, remove, make
_TRUNCATE = 1 << 14
CUTS_NONE_OFF = 3
"""The version of Landlock from which a file cannot be cut off by its name either."""
_SET_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38  # prctl(2)
_PROGRAM = ("stdlib", "platstdlib", "purelib", "platlib")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo")
"""Libraries that load late, and the time zones by which Arrow writes moments."""
_MACHINE = ("/proc/self/cgroup", "/proc/meminfo", "/sys/fs/cgroup")
"""DuckDB asks how much memory there is, and aborts where the first is there and is not told."""


def confine(bounds: Bounds, *, given: Path, made: Path) -> None:
    """Limit this process for good: it may read in the folder `given` and write in `made`."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for what, wanted in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_FSIZE, bounds.file_bytes),
        (resource.RLIMIT_NOFILE, bounds.open_files),
    ):
        least = min([wanted, *(n for n in resource.getrlimit(what) if n != resource.RLIM_INFINITY)])
        resource.setrlimit(what, (least, least))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("900")  # where memory is short the kernel takes this process first
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    fence(given=given, made=made)


def largest_file() -> int:
    """The limit that holds for a file written here."""
    return resource.getrlimit(resource.RLIMIT_FSIZE)[0]


def allow_seconds(seconds: float) -> None:
    """Processor time from now on; the parent's clock is the promise, this is its second guard."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    # two threads of DuckDB use two seconds a second
    until = int(spent.ru_utime + spent.ru_stime + 2 * seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))


def landlock_version() -> int:
    """What the kernel knows of Landlock; 0 where it knows nothing."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, 0, 1))


def fence(*, given: Path, made: Path) -> bool:
    """Close to this process all files but those and the program's; False where it cannot."""
    version = landlock_version()
    if not version:
        return False
    files = (1 << 13) - 1
    files |= (1 << 13 if version >= 2 else 0) | (_TRUNCATE if version >= CUTS_NONE_OFF else 0)
    files |= 1 << 15 if version >= 5 else 0
    network = 3 if version >= 4 else 0
    scoped = 3 if version >= 6 else 0
    handled = struct.pack("QQQ", files, network, scoped)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _syscall(_CREATE_RULESET, ctypes.create_string_buffer(handled), size, 0)
    if ruleset < 0:
        return False
    program = [sysconfig.get_path(name) for name in _PROGRAM]
    for path in dict.fromkeys([*program, str(_package_root()), *_SYSTEM, *_MACHINE]):
        _allow(ruleset, path, _READ)
    _allow(ruleset, str(given), _READ)
    _allow(ruleset, str(made), (_WRITE | _TRUNCATE) & files)
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)
    done = _syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return done


def _package_root() -> Path:
    return Path(__file__).parents[2]


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(OSError):  # what is not there needs no leave
        handle = os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC)
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= _READ_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle))
        _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        os.close(handle)


def _syscall(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    made = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(library.syscall(ctypes.c_long(number), *made))


def _prctl(option: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        library = ctypes.CDLL(None)
        library.prctl(option, ctypes.c_ulong(value), 0, 0, 0)
