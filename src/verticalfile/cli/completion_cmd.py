"""`vf completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click

from verticalfile.cli import say


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion script: add it to your shell's start file.

    For bash: vf completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    root = context.find_root().command
    assert found is not None
    say.out(found(root, {}, "vf", "_VF_COMPLETE").source())
