"""Keeping pandas out of a process of ours that never needs it.

Arrow loads pandas, where it is installed, as soon as it makes an array of a list: a fifth of a
second, for nothing. Only the Python interface gives frames of pandas, in its user's process.
"""

from __future__ import annotations

import importlib.abc
import sys


class _WithoutPandas(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("not here")


def keep_pandas_out() -> None:
    """From now on pandas counts as not installed; what is loaded already stays."""
    sys.meta_path.insert(0, _WithoutPandas())
