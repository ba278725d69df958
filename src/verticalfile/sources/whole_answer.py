"""A list that is one answer: fetched, read, and kept with the evidence of its exchange."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from verticalfile.fetch.client import NotModified
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources.kind import OneAnswer, Taken
from verticalfile.sources.visit import Visit


def fetched_whole(kind: OneAnswer, visit: Visit, location: str, into: Path) -> Taken:
    """The list of a kind as its one answer tells it now. Raises AnswerRefused, with what came and
    nothing left behind, where the answer is none."""
    got = visit.file(f"{location}{kind.answer_at}")
    assert not isinstance(got, NotModified)  # no condition was sent
    try:
        taken = kind.of_one_answer(got.path, location, into)
    except AnswerRefused as error:
        got.path.unlink()
        raise AnswerRefused(error.message, mend=error.mend, exchange=got.exchange) from error
    if taken.path != got.path:
        got.path.unlink()
    exchange = {**got.exchange, "etag": got.etag, "last_modified": got.last_modified}
    return replace(taken, exchange=exchange)
