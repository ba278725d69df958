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
from click.exceptions import NoArgsIsHelpError

from verticalfile import __version__
from verticalfile.cli import say
from verticalfile.cli.misread import misread
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.letters import is_text, shown
from verticalfile.kernel.without_pandas import keep_pandas_out
from verticalfile.vault.errors import Unwritable

GROUPS = {
    "Collect": {
        "init": "staff.collecting_cmd", "add": "staff.collecting_cmd",
        "collect": "staff.collecting_cmd", "backfill": "staff.backfilling_cmd",
        "receive": "staff.receiving_cmd", "every": "staff.collecting_cmd",
    },
    "Open, compare, cite": {
        "list": "reader.looking_cmd", "search": "reader.finding_cmd", "show": "reader.looking_cmd",
        "versions": "reader.looking_cmd", "get": "reader.opening_cmd",
        "changes": "reader.comparing_cmd", "row": "reader.comparing_cmd",
        "chart": "reader.chart_cmd", "sql": "reader.opening_cmd", "cite": "reader.cite_cmd",
        "handout": "reader.handout_cmd", "lately": "reader.finding_cmd", "log": "reader.log_cmd",
    },
    "Portals and their hosts": {
        "sources": "staff.sources_cmd", "members": "staff.sources_cmd",
        "report": "staff.sources_cmd", "hosts": "staff.hosts_cmd",
    },
    "Describe and decide": {
        "describe": "staff.describing_cmd", "shelf": "staff.describing_cmd",
        "key": "staff.deciding_cmd", "accept": "staff.deciding_cmd",
        "refuse": "staff.deciding_cmd",
    },
    "Rights, and what is shown": {
        "rights": "staff.rights_cmd", "notice": "staff.rights_cmd",
        "release": "staff.rights_cmd", "withhold": "staff.rights_cmd",
        "mask": "staff.masking_cmd",
        "embargo": "staff.holding_cmd", "takedown": "staff.holding_cmd",
        "withdraw": "staff.deciding_cmd",
    },
    "Keep it safe": {
        "verify": "staff.keeping_cmd", "mend": "staff.keeping_cmd",
        "rebuild": "staff.keeping_cmd", "backup": "staff.backing_up_cmd",
        "restore": "staff.backing_up_cmd", "doctor": "staff.keeping_cmd",
    },
    "The reading room": {
        "run": "staff.running_cmd", "messages": "staff.messages_cmd", "demo": "demo_cmd",
        "completion": "completion_cmd",
    },
}  # fmt: skip
"""Where each command stands, in the groups and the order in which help shows them."""
COMMANDS = {name: module for group in GROUPS.values() for name, module in group.items()}

INTERRUPTED = 130
GARBAGE_THRESHOLD = 200_000
"""Comparing makes hundreds of thousands of small tuples; looking for cycles among them is vain."""


class ReaderGone(Exception):
    """Who read the answer wants no more of it: `vf get NAME | head`. Of a broken pipe click itself
    would make an exit with 1, as if something had been found wrong."""


class Commands(click.Group):
    """A group that imports the module of a command when the command is asked for."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"verticalfile.cli.{COMMANDS[cmd_name]}")
        found = getattr(module, f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Groups one under another: forty names in a row are no help."""
        width = max(map(len, COMMANDS)) + 6
        for title, names in GROUPS.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            lines = [
                (name.ljust(width - 4), _in_one_line(command, formatter.width - width))
                for name, command in found
                if command is not None
            ]
            with formatter.section(title):
                formatter.write_dl(lines)


def _in_one_line(command: click.Command, longest: int) -> str:
    """The first sentence of its help, or as much of it as is whole."""
    sentence = command.get_short_help_str(10_000).removesuffix("...").removesuffix(".")
    if len(sentence) <= longest:
        return sentence
    ends = [n for n, letter in enumerate(sentence[:longest]) if letter in ",;:"]
    return sentence[: ends[-1]] if ends else command.get_short_help_str(longest)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--archive", "archive", metavar="DIR", help="The archive; else $VF_ARCHIVE or here.")
@click.version_option(__version__, prog_name="vf")
@click.pass_context
def cli(context: click.Context, archive: str | None) -> None:
    """Keep, open, explain and teach the public data of the place where you live.

    Every version of a dataset is kept for good and can be opened as of any date.
    """
    context.obj = archive


def _open_what_was_closed() -> None:
    """Who calls us may have closed what we read and write (`>&-`): then it is nothing, and no file
    of ours is given its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing != number:
                os.dup2(nothing, number)
                os.close(nothing)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def main() -> None:
    """The entry point: one sentence for every error, exit codes of docs/errors.md."""
    _open_what_was_closed()
    wants_json = "--json" in sys.argv
    keep_pandas_out()
    gc.set_threshold(GARBAGE_THRESHOLD, 50, 50)
    try:
        for word in sys.argv[1:]:
            _must_be_text(word)
        code = cli.main(prog_name="vf", standalone_mode=False)
    except VerticalFileError as error:
        say.refusal(error, as_json=wants_json)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        say.beside("Stopped. What was kept stays kept; run the same command again to go on.")
        sys.exit(INTERRUPTED)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        say.refusal(told := misread(error, COMMANDS), as_json=wants_json)
        sys.exit(told.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ReaderGone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is yet to be written goes nowhere
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
    if isinstance(error, Unwritable):
        say.beside(f"vf: {shown(error.called)} cannot be written to: {error.strerror}.")
    else:
        name = shown(Path(str(error.filename)).name) if error.filename else "a file"
        say.beside(f"vf: {name} could not be used: {error.strerror or error}.")
    if error.errno == errno.EROFS:
        say.beside("    To mend it: make the disk writable; commands that only read work without.")
    elif error.errno == errno.ENAMETOOLONG:
        say.beside("    To mend it: give it a shorter name.")
    else:
        say.beside("    To mend it: look at its permissions and the free space (`vf doctor`).")
