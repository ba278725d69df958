"""The body of an answer, streamed to a scratch file: counted, hashed, and proved whole.

How we know that a body is whole (RFC 9112 8): by its announced length, by the last chunk, or
not at all. A body that is known not to be whole is removed and raised as CutShort.
"""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpcore

from verticalfile.fetch.errors import AnswerRefused, CutShort
from verticalfile.fetch.rules import RATIO_FROM_BYTES, RATIO_MAX
from verticalfile.fetch.wire import Answer
from verticalfile.kernel.errors import LimitReached

LENGTH_MATCHED = "content-length matched"
CHUNKED_ENDED = "chunked, ended properly"
UNKNOWN = "unknown: connection closed"
_STEP_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Body:
    """A body in a scratch file, as it is after decoding."""

    path: Path
    sha256: str
    size_bytes: int
    completeness: dict[str, object]


def keep_body(answer: Answer, *, into: Path, max_bytes: int) -> Body:
    """Write the body to a new file in `into`; after any error the file is gone.

    Raises CutShort, AnswerRefused, LimitReached and httpcore's time-outs.
    """
    framing, said = _framing(answer)
    if said is not None and said > max_bytes:
        raise too_large(max_bytes, said_bytes=said)
    decoder = _decoder(answer)
    try:
        path, sha256, size = _write(decoder.pieces(_received(answer, max_bytes)), into, max_bytes)
    except OSError as error:  # the network's are httpcore's, so this is the disk's
        raise _no_room(into, error) from error
    if said is not None and (surplus := answer.surplus(said)):
        path.unlink()
        raise _more_than_said(said, surplus)
    completeness = {"how": framing, "received_bytes": decoder.received_bytes, **decoder.found()}
    return Body(path, sha256, size, completeness)


def _write(pieces: Iterator[bytes], into: Path, max_bytes: int) -> tuple[Path, str, int]:
    """Write and hash; (path, SHA-256, size in bytes). After any error no file is left."""
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(
        dir=into, prefix="fetched-", suffix=".part", delete=False
    ) as out:
        part = Path(out.name)
        try:
            for piece in pieces:
                size += out.write(piece)
                digest.update(piece)
                if size > max_bytes:
                    raise too_large(max_bytes)
            out.flush()
            return part.rename(part.with_suffix("")), digest.hexdigest(), size
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def first_bytes(answer: Answer, *, at_most: int) -> bytes:
    """The beginning of a small body, decoded, in memory; what follows is not read."""
    got = bytearray()
    for piece in _decoder(answer).pieces(_received(answer, None)):
        got += piece
        if len(got) >= at_most:
            break
    return bytes(got[:at_most])


def too_large(limit_bytes: int, **facts: object) -> LimitReached:
    return LimitReached(
        f"The file is larger than {limit_bytes:,} bytes, the limit for this source.",
        mend="raise the source's size limit if the file really is that large.",
        limit_bytes=limit_bytes,
        **facts,
    )


def _framing(answer: Answer) -> tuple[str, int | None]:
    """How the end is marked; with both headers the length counts for nothing (RFC 9112 6.3)."""
    if "chunked" in answer.header("transfer-encoding").lower():
        return CHUNKED_ENDED, None
    length = answer.header("content-length").partition(",")[0].strip()
    if length.isascii() and length.isdigit():
        return LENGTH_MATCHED, int(length)
    return UNKNOWN, None


def _received(answer: Answer, max_bytes: int | None) -> Iterator[bytes]:
    """The body as it comes, or CutShort where it breaks off."""
    count = 0
    try:
        for piece in answer.body:
            count += len(piece)
            if max_bytes is not None and count > max_bytes:
                raise too_large(max_bytes)
            yield piece
    except (httpcore.RemoteProtocolError, httpcore.NetworkError) as error:
        raise CutShort(
            f"The file broke off after {count:,} bytes; nothing of it was kept.",
            mend="try again later; if it happens every time, tell the publisher.",
            received_bytes=count,
            reason=str(error),
            passing=True,
        ) from error


def _no_room(into: Path, error: OSError) -> LimitReached:
    return LimitReached(
        f"The fetched file cannot be written: {error.strerror}.",
        mend=f"make room or give access in {into}, then try again.",
        folder=str(into),
    )


def _more_than_said(said: int, surplus: bytes) -> CutShort:
    return CutShort(
        f"The source announced {said:,} bytes and sent more; where the file ends is not known.",
        mend="tell the publisher: the Content-Length of their server is wrong.",
        said_bytes=said,
        surplus_bytes=len(surplus),
        passing=True,
    )


class _Decoder(Protocol):
    received_bytes: int

    def pieces(self, received: Iterator[bytes]) -> Iterator[bytes]: ...
    def found(self) -> dict[str, object]: ...


def _decoder(answer: Answer) -> _Decoder:
    coding = answer.header("content-encoding").strip().lower()
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip"):
        return _Gzip()
    raise AnswerRefused(
        f"The source packed the file as “{coding[:60]}”, though it was asked not to pack it.",
        mend="tell the publisher: their server ignores `Accept-Encoding: identity`.",
        content_encoding=coding,
    )


class _Plain:
    received_bytes = 0

    def pieces(self, received: Iterator[bytes]) -> Iterator[bytes]:
        for piece in received:
            self.received_bytes += len(piece)
            yield piece

    def found(self) -> dict[str, object]:
        return {}


class _Gzip:
    """Undoes one layer of gzip (RFC 1952, several members), in steps of bounded size."""

    received_bytes = 0
    decoded_bytes = 0
    members = 0

    def pieces(self, received: Iterator[bytes]) -> Iterator[bytes]:
        inflate, begun = _new_member(), False
        for piece in received:
            self.received_bytes += len(piece)
            while True:
                if not begun and self.members and not piece.strip(b"\0"):
                    break  # zeros after the last member are padding, as gzip itself takes them
                begun = True
                yield self._step(inflate, piece)
                if inflate.eof:
                    piece, inflate, begun = inflate.unused_data, _new_member(), False
                    self.members += 1
                elif inflate.unconsumed_tail:
                    piece = inflate.unconsumed_tail
                else:
                    break
        if begun or not self.members:
            raise CutShort(
                "The packed file broke off before its end; nothing of it was kept.",
                mend="try again later; if it happens every time, tell the publisher.",
                received_bytes=self.received_bytes,
                passing=True,
            )

    def found(self) -> dict[str, object]:
        return {
            "content_encoding": "gzip, unpacked, its checksums matched",
            "decoded_bytes": self.decoded_bytes,
        }

    def _step(self, inflate: zlib._Decompress, piece: bytes) -> bytes:
        try:
            out = inflate.decompress(piece, _STEP_BYTES)
        except zlib.error as error:
            raise CutShort(
                "The packed file is damaged or is no gzip, though the source says so.",
                mend="try again later; if it happens every time, tell the publisher.",
                received_bytes=self.received_bytes,
                reason=str(error),
                passing=True,
            ) from error
        self.decoded_bytes += len(out)
        ratio = self.decoded_bytes / max(self.received_bytes, 1)
        if self.decoded_bytes > RATIO_FROM_BYTES and ratio > RATIO_MAX:
            raise LimitReached(
                f"The packed file unpacks to more than {RATIO_MAX} times its size: a trap.",
                mend="look at the file by hand; tell the publisher if it is meant to be real.",
                limit_ratio=RATIO_MAX,
                received_bytes=self.received_bytes,
            )
        return out


def _new_member() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)  # 16: gzip header and trailer, with checksum
