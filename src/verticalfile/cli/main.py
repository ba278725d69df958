"""`vf`: the group of all commands. Each command's module is loaded only when it is used."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sqlite3
import sys
from pathlib import Path

import click

from verticalfile import __version__
from verticalfile.cli import say
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.letters import is_text, shown
from verticalfile.kernel.without_pandas import keep_pandas_out

COMMANDS = {
    "init": "collecting_cmd", "add": "collecting_cmd", "collect": "collecting_cmd",
    "backfill": "backfilling_cmd", "receive": "receiving_cmd", "sources": "sources_cmd",
    "members": "sources_cmd", "report": "sources_cmd", "hosts": "hosts_cmd", "every": "collecting_cmd",
    "list": "looking_cmd", "show": "looking_cmd", "versions": "looking_cmd", "log": "looking_cmd",
    "search": "finding_cmd", "lately": "finding_cmd",
    "get": "opening_cmd", "changes": "comparing_cmd", "row": "comparing_cmd", "sql": "opening_cmd",
    "describe": "describing_cmd", "shelf": "describing_cmd",
    "chart": "chart_cmd", "cite": "cite_cmd", "handout": "handout_cmd",
    "key": "deciding_cmd", "accept": "deciding_cmd", "refuse": "deciding_cmd",
    "withdraw": "deciding_cmd",
    "rights": "rights_cmd", "release": "rights_cmd", "withhold": "rights_cmd",
    "embargo": "holding_cmd", "takedown": "holding_cmd", "notice": "rights_cmd",
    "verify": "keeping_cmd", "mend": "keeping_cmd", "rebuild": "keeping_cmd", "doctor": "keeping_cmd",
    "messages": "messages_cmd",
    "backup": "backing_up_cmd", "restore": "backing_up_cmd",
    "run": "running_cmd", "demo": "demo_cmd", "completion": "completion_cmd",
}  # fmt: skip
"""Where each command stands, in the order in which help shows them."""

INTERRUPTED = 130
GARBAGE_THRESHOLD = 200_000
"""Comparing makes hundreds of thousands of small tuples; looking for cycles among them is vain."""


class Commands(click.Group):
    """A group that imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"verticalfile.cli.{COMMANDS[cmd_name]}")
        found = getattr(module, f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--archive", "archive", metavar="DIR", help="The archive; else $VF_ARCHIVE or here.")
@click.version_option(__version__, prog_name="vf")
@click.pass_context
def cli(context: click.Context, archive: str | None) -> None:
    """Keep, open, explain and teach the public data of the place where you live.

    Every version of a dataset is kept for good and can be opened as of any date.
    """
    context.obj = archive


def main() -> None:
    """The entry point: one sentence for every error, exit codes of docs/errors.md."""
    wants_json = "--json" in sys.argv
    keep_pandas_out()
    gc.set_threshold(GARBAGE_THRESHOLD, 50, 50)
    try:
        for word in sys.argv[1:]:
            _must_be_text(word)
        code = cli.main(standalone_mode=False)
    except VerticalFileError as error:
        say.refusal(error, as_json=wants_json)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        say.beside("Stopped. What was kept stays kept; run the same command again to go on.")
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except MemoryError:
        say.beside("vf: There was not enough memory.")
        say.beside(
            "    To mend it: close other programs, or take a smaller file; nothing was lost."
        )
        sys.exit(51)
    except OSError as error:
        _file_trouble(error)
        sys.exit(24)
    except sqlite3.Error as error:
        say.beside(f"vf: The index could not be used: {error}.")
        say.beside("    To mend it: free space, then run the same command again, or vf rebuild.")
        sys.exit(26)
    except Exception as error:  # the door: no traceback reaches a user who did not ask for one
        if os.environ.get("VF_DEBUG"):
            raise
        say.beside(f"vf: Something unexpected happened: {type(error).__name__}: {error}")
        say.beside("    To mend it: run it again with VF_DEBUG=1 and report what it says.")
        sys.exit(70)
    sys.exit(code if isinstance(code, int) else 0)


def _must_be_text(word: str) -> None:
    """Raise InputRefused for a word in another encoding: no name, title or path can hold it."""
    if not is_text(word):
        raise InputRefused(
            f"“{shown(word)}” is not text in UTF-8.",
            mend="rename the file or the folder; letters, digits and hyphens work everywhere.",
        )


def _file_trouble(error: OSError) -> None:
    name = shown(Path(str(error.filename)).name) if error.filename else "a file"
    say.beside(f"vf: {name} could not be used: {error.strerror or error}.")
    if error.errno == errno.ENAMETOOLONG:
        say.beside("    To mend it: give it a shorter name.")
    else:
        say.beside("    To mend it: look at its permissions and the free space (`vf doctor`).")
