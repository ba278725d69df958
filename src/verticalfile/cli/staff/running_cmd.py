"""`vf run`: the reading room in a browser, and the scheduler that collects what is due."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import opened, opened_for_pages
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive

APPLICATION = "verticalfile.site.wsgi:application"
BLOCKING_THREADS = 32
"""A thread is held as long as a reader takes to receive a large file; `site.wsgi` says how many
work at once. With four of them, four readers on slow lines closed the room to all others."""
PAGES_STOP_S = 5
"""So long an answer that is on its way may go on when all ends: a slow line would hold it for hours."""
STOP_S = 25.0
"""So long, after that, systemd and who types Ctrl-C wait for the scheduler to end."""
PARENT_STEP_S = 0.5
START_AGAIN_S = 5.0
"""After a scheduler died, perhaps for want of memory, a new one comes so much later."""


@click.command("run")
@click.option("--host", default="127.0.0.1", help="0.0.0.0 serves other machines too.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Where it listens.")
@click.option("--no-collect", is_flag=True, help="Serve only; somebody else collects.")
@click.option("--only-collect", is_flag=True, help="Collect what is due; serve nothing.")
@click.option("--allow-private", is_flag=True, help="Addresses inside your own network are fine.")
@click.pass_context
def run_command(
    context: click.Context,
    host: str,
    port: int,
    no_collect: bool,
    only_collect: bool,
    allow_private: bool,
) -> None:
    """Serve the reading room and collect what is due, until it is stopped with Ctrl-C."""
    if no_collect and only_collect:
        raise InputRefused(
            "Neither to serve nor to collect leaves nothing to do.", mend="choose one of the two."
        )
    if only_collect:
        _collect(opened(context), allow_private)
        return
    _must_be_free(host, port)
    archive = opened_for_pages(context)
    _prepare(archive)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # asked for by name
    say.out(f"The reading room is open at http://{shown}:{port}/ (Ctrl-C closes it).")
    if no_collect:
        _serve(host, port)
        return
    with _scheduler(archive, allow_private):
        _serve(host, port)


@contextmanager
def _scheduler(archive: Archive, allow_private: bool) -> Iterator[None]:
    """The scheduler beside the site, a process of its own: neither ends with the other's fault."""
    words = [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), "run"]
    words += ["--only-collect", *["--allow-private"] * allow_private]
    ending = threading.Event()
    keeper = threading.Thread(target=_keep_running, args=(words, ending))
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep_running(words: list[str], ending: threading.Event) -> None:
    """Start this program, again whenever it dies, until `ending` is set; then stop it."""
    while not ending.is_set():
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program, with words of ours
        while process.poll() is None and not ending.wait(PARENT_STEP_S):
            pass
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
        else:
            ending.wait(START_AGAIN_S)


def _collect(archive: Archive, allow_private: bool) -> None:
    """Collect what is due until a signal says stop, or until who started us is gone."""
    from verticalfile.services.running.scheduling import Scheduler

    scheduler = Scheduler(archive.root, allow_private=allow_private)
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: scheduler.stopping.set())

    def watch() -> None:
        while not scheduler.stopping.wait(PARENT_STEP_S):
            if os.getppid() != parent:
                scheduler.stopping.set()

    threading.Thread(target=watch, daemon=True).start()
    archive.index.close()
    say.beside("Collecting what is due (Ctrl-C ends it).")
    scheduler.run()


def _prepare(archive: Archive) -> None:
    """Lay out the site's static files in the archive's cache."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    archive.index.close()


def _must_be_free(host: str, port: int) -> None:
    """Raise InputRefused for a port that another program has."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputRefused(
                f"Port {port} on {host} cannot be used: {error.strerror}.",
                mend="stop what uses it, or name another with --port.",
            ) from error


def _serve(host: str, port: int) -> None:
    """One worker: the archive is one machine's, and threads share its memory."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ["VF_SERVED_BY"] = str(os.getpid())  # a worker ends when this process is gone
    Granian(
        APPLICATION, address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=BLOCKING_THREADS, log_access=False, log_enabled=False,
        respawn_failed_workers=True, workers_kill_timeout=PAGES_STOP_S,
    ).serve()  # fmt: skip
