"""A list that is one answer: fetched, read, and kept with the evidence of its exchange."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

from verticalfile.fetch.client import NotModified
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources.kind import OneAnswer, Taken
from verticalfile.sources.reading import member, text_of
from verticalfile.sources.visit import Visit

HEAD_BYTES = 1 << 16


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


def in_place_of_a_list(path: Path) -> str:
    """What an answer is that should have been a list, for people: "a web page", "nothing", "an
    error: ...". "" where it is none of these."""
    with open(path, "rb") as handle:
        start = handle.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").strip()
    if not start:
        return "nothing"
    if start[:1] == b"<":
        title = re.search(rb"<title[^>]*>([^<]{1,200})", start, re.IGNORECASE)
        called = (
            " ".join(html.unescape(title[1].decode("utf-8", "replace")).split()) if title else ""
        )
        return f"a web page called “{called}”" if called else "a web page"
    try:
        told = json.loads(start)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "error_description"):
        said = member(told, name)
        if text := text_of(said) or text_of(member(said, "message")):
            return f"an error: {text[:200]}"
    return ""
