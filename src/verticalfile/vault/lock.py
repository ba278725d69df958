"""One writer for each resource: `flock` on a file of `locks/`, let go by the kernel when we die.

Not to be trusted on some network file systems; there `mkdir` of an OCFL version is the last arbiter.
Who ends without an error leaves a mark, with the number of the machine's start: the next one knows
by it that no crash, and no loss of power, left anything to put right.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from verticalfile.vault.errors import LockHeld, Unwritable

STEP_S = 0.1
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@contextmanager
def writer_lock(
    folder: Path,
    name: str,
    *,
    wait_s: float,
    on_wait: Callable[[str], None],
    called: Callable[[str], str] = str,
) -> Iterator[bool]:
    """Hold the lock of `name`. `on_wait` is told once who holds it. Raises LockHeld after `wait_s`,
    and Unwritable where there can be no lock.

    `called` gives the name by which people know it.

    Yields whether whoever held it before ended well since the machine was started; False where
    that is not known.
    """
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Unwritable(error, called(name)) from error
    try:
        _acquire(handle, path, name, wait_s, on_wait, called)
        ended_well = _ended_well()
        before = os.pread(handle, 4096, 0)
        told = f"process {os.getpid()}\n{name}\n".encode()
        os.ftruncate(handle, 0)
        os.pwrite(handle, told, 0)
        yield bool(ended_well) and before.endswith(ended_well)
        os.pwrite(handle, ended_well, len(told))
    finally:
        os.close(handle)  # lets the lock go


@cache
def _ended_well() -> bytes:
    """The mark of a clean end; empty on a machine that does not tell its starts apart."""
    with suppress(OSError):
        return b"ended " + BOOT_ID.read_bytes().strip() + b"\n"
    return b""


def _acquire(
    handle: int,
    path: Path,
    name: str,
    wait_s: float,
    on_wait: Callable[[str], None],
    called: Callable[[str], str],
) -> None:
    give_up = time.monotonic() + wait_s
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(path)[0] or "another process"
            if not told:
                on_wait(f"Waiting: {holder} is writing to {called(name)}.")
                told = True
            if time.monotonic() > give_up:
                raise LockHeld(
                    f"{holder} has been writing to {called(name)} for over {wait_s:.0f} seconds.",
                    mend="wait until it ends, or stop it, then run the command again.",
                ) from None
            time.sleep(STEP_S)
        else:
            return


def _holder(path: Path) -> tuple[str, str]:
    """(process, name of what it writes to) as the holder of a lock wrote them."""
    process, _, name = path.read_text(encoding="utf-8").partition("\n")
    return process, name.partition("\n")[0].strip()


def holders(folder: Path) -> list[tuple[str, str]]:
    """(process, what it writes to) of every lock that is held now; none is waited for."""
    held = []
    for path in sorted(folder.glob("*.lock")):
        with suppress(FileNotFoundError), open(path, "rb") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(_holder(path))
    return held
