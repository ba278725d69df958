"""`vf run`: the reading room in a browser."""

from __future__ import annotations

import os
import socket

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive

BLOCKING_THREADS = 4
APPLICATION = "verticalfile.site.wsgi:application"
SETTINGS = "verticalfile.site.settings"


@click.command("run")
@click.option("--host", default="127.0.0.1", help="0.0.0.0 serves other machines too.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Where it listens.")
@click.pass_context
def run_command(context: click.Context, host: str, port: int) -> None:
    """Serve the reading room of the archive until it is stopped with Ctrl-C."""
    archive = opened(context)
    _must_be_free(host, port)
    _prepare(archive)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # asked for by name
    say.out(f"The reading room is open at http://{shown}:{port}/ (Ctrl-C closes it).")
    # what else runs beside the site, such as a scheduler, is started here
    _serve(host, port)


def _prepare(archive: Archive) -> None:
    """Name the archive to the site, and lay out its static files in the archive's cache."""
    os.environ["VF_ARCHIVE"] = str(archive.root.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    archive.index.close()


def _must_be_free(host: str, port: int) -> None:
    """Raise InputRefused where the port cannot be listened on."""
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

    Granian(
        APPLICATION, address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=BLOCKING_THREADS, log_access=False, log_enabled=False,
        respawn_failed_workers=True,
    ).serve()  # fmt: skip
