"""A file as far as it has come, and whether the rest may be asked for (RFC 9110 13.1.5, 14).

What broke off is gone on with only under a validator that stands for these very bytes, and only
where the answer says that it goes on just there, in a whole of the same length. Two states of a
file are never joined: where anything differs it is fetched from its beginning.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from verticalfile.fetch.errors import CutShort
from verticalfile.fetch.manners.waiting import moment_of
from verticalfile.kernel.errors import LimitReached

if TYPE_CHECKING:
    from verticalfile.fetch.wire import Answer

_STRONG = re.compile(r'"[!#-~\x80-\xff]*"')
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII | re.IGNORECASE)
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:?([A-Za-z0-9+/]{43}=):?\s*(?=,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """A body in a scratch file, as it is after decoding."""

    path: Path
    sha256: str
    size_bytes: int
    completeness: dict[str, object]


class Part:
    """One file in the folder `into`, across the tries of one call; `discard` it at the end."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._out: IO[bytes] | None = None
        self._path: Path | None = None
        self.validator = ""
        self._forget()

    def _forget(self) -> None:
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._total: int | None = None
        self._source = ("", "")
        self._validators = ("", "")
        self.gone_on_at: list[int] = []
        self.validator = ""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def headers(self) -> list[list[str]]:
        """What to add to the next request so that it goes on; nothing where it must begin anew."""
        if not self.size_bytes or not self.validator:
            return []
        return [["Range", f"bytes={self.size_bytes}-"], ["If-Range", self.validator]]

    def begin(self, answer: Answer) -> None:
        """Make room for this answer's body, from its first byte."""
        self.discard()
        try:
            out = tempfile.NamedTemporaryFile(  # noqa: SIM115  # open across the tries
                dir=self._into, prefix="fetched-", suffix=".part", delete=False
            )
        except OSError as error:
            raise _no_room(self._into, error) from error
        self._out, self._path = out, Path(out.name)
        length = answer.header("content-length")
        chunked = "chunked" in answer.header("transfer-encoding").lower()
        self._total = int(length) if length.isascii() and length.isdigit() and not chunked else None
        self.validator = _validator(answer)
        self._validators = _validators(answer)
        self._source = _source(answer)

    def goes_on_with(self, answer: Answer) -> None:
        """See that a 206 is the rest of this very file; else CutShort, and it begins anew."""
        kind = answer.header("content-type").lower()
        found = _RANGE.fullmatch(answer.header("content-range").strip())
        told = [int(number) for number in found.groups()] if found else []
        fits = (
            not kind.startswith("multipart/")
            and answer.header("content-encoding").strip().lower() in ("", "identity")
            and told[:1] == [self.size_bytes]
            and told[1] == told[2] - 1
            and self._total in (None, told[2])
            and _source(answer) == self._source
            and self._same_validators(answer)
        )
        if not fits:
            self.discard()
            raise _not_the_rest()
        self._total = told[2]
        self.gone_on_at.append(self.size_bytes)

    def take(self, pieces: Iterator[bytes], max_bytes: int) -> None:
        """Write and hash; after an error what came before it stands."""
        assert self._out is not None
        for piece in pieces:
            try:
                self._out.write(piece)
            except OSError as error:  # the network's are httpcore's, so this is the disk's
                raise _no_room(self._into, error) from error
            self.size_bytes += len(piece)
            self._digest.update(piece)
            if self.size_bytes > max_bytes:
                raise too_large(max_bytes)

    def whole(self, completeness: dict[str, object]) -> Body:
        """Give the finished file away; a length that is not that of the whole is CutShort."""
        assert self._out is not None
        assert self._path is not None
        if self.gone_on_at:
            if self.size_bytes != self._total:
                self.discard()
                raise _not_the_rest()
            how = "gone on with after a break; the length of the whole matched"
            completeness |= {
                "how": how, "received_bytes": self.size_bytes, "gone_on_at": self.gone_on_at,
            }  # fmt: skip
        try:
            self._out.flush()
            self._out.close()
            path = self._path.rename(self._path.with_suffix(""))
        except OSError as error:
            raise _no_room(self._into, error) from error
        self._out = self._path = None
        return Body(path, self.sha256, self.size_bytes, completeness)

    def discard(self) -> None:
        """Remove what has come, unless it was given away."""
        if self._out is not None:
            self._out.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._out = self._path = None
        self._forget()

    def _same_validators(self, answer: Answer) -> bool:
        """The part that goes on need not tell them all, but none may differ."""
        pairs = zip(_validators(answer), self._validators, strict=True)
        return all(now in ("", before) for now, before in pairs)


def digest_said(answer: Answer) -> str | None:
    """The SHA-256 of the whole that the source announces, in hex."""
    for name in ("repr-digest", "digest"):
        if found := _DIGEST.search(answer.header(name)):
            return base64.b64decode(found[1]).hex()
    return None


def too_large(limit_bytes: int, **facts: object) -> LimitReached:
    return LimitReached(
        f"The file is larger than {limit_bytes:,} bytes, the limit for this source.",
        mend="raise the source's size limit if the file really is that large.",
        limit_bytes=limit_bytes,
        **facts,
    )


def _validator(answer: Answer) -> str:
    """What If-Range may carry: a strong ETag, or a Last-Modified that had a second to settle.

    A coded body has none: the bytes counted here are those after decoding.
    """
    if answer.header("content-encoding").strip().lower() not in ("", "identity"):
        return ""
    etag = answer.header("etag").strip()
    if etag:
        return etag if _STRONG.fullmatch(etag) else ""
    modified = answer.header("last-modified").strip()
    changed, said = moment_of(modified), moment_of(answer.header("date"))
    if changed is None or said is None or said - changed < timedelta(seconds=1):
        return ""
    return modified


def _validators(answer: Answer) -> tuple[str, str]:
    return answer.header("etag").strip(), answer.header("last-modified").strip()


def _source(answer: Answer) -> tuple[str, str]:
    """Where it came from; the query may change, since signed links are new each time."""
    return answer.place.origin, answer.place.target.partition(b"?")[0].decode("latin-1")


def _not_the_rest() -> CutShort:
    return CutShort(
        "The source did not go on with the file where it had broken off; nothing of it was kept.",
        mend="try again later; if it happens every time, tell the publisher.",
        passing=True,
    )


def _no_room(into: Path, error: OSError) -> LimitReached:
    return LimitReached(
        f"The fetched file cannot be written: {error.strerror}.",
        mend=f"make room or give access in {into}, then try again.",
        folder=str(into),
    )
