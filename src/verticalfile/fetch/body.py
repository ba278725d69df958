"""The body of an answer, in a scratch file or in memory: counted, hashed, and proved whole.

How we know that a body is whole (RFC 9112 8): by its announced length, by the last chunk, or
not at all. A body that is known not to be whole is removed and raised as CutShort.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import httpcore

from verticalfile.fetch.errors import AnswerRefused, CutShort
from verticalfile.fetch.manners.rules import RATIO_FROM_BYTES, RATIO_MAX
from verticalfile.fetch.part import Body, Part, digest_said, too_large
from verticalfile.fetch.wire import Answer
from verticalfile.kernel.errors import LimitReached

LENGTH_MATCHED = "content-length matched"
CHUNKED_ENDED = "chunked, ended properly"
UNKNOWN = "unknown: connection closed"
_STEP_BYTES = 1 << 20


def keep_body(answer: Answer, part: Part, *, max_bytes: int) -> Body:
    """Write the body to the end of `part`, which is begun anew unless the answer goes on with it.

    Raises CutShort, AnswerRefused, LimitReached and httpcore's time-outs; `part` then holds what
    came, until it is discarded or gone on with.
    """
    goes_on = answer.status == 206
    if not goes_on:
        part.begin(answer)
    framing, said = _framing(answer)
    if said is not None and part.size_bytes + said > max_bytes:
        raise too_large(max_bytes, said_bytes=part.size_bytes + said)
    decoder = _decoder(answer)
    part.take(decoder.pieces(_received(answer, max_bytes)), max_bytes)
    if said is not None and (surplus := answer.surplus(said)):
        part.validator = ""  # what is there is not to be trusted, so it is not gone on with
        raise _more_than_said(said, surplus)
    completeness: dict[str, object] = {"how": framing, "received_bytes": decoder.received_bytes}
    return part.whole(completeness | decoder.found() | _digest_matched(answer, part, decoder))


def small_body(answer: Answer, *, max_bytes: int) -> tuple[bytes, dict[str, object]]:
    """The whole body in memory, decoded, and how we know that it is whole.

    Raises CutShort, AnswerRefused, LimitReached and httpcore's time-outs.
    """
    framing, said = _framing(answer)
    if said is not None and said > max_bytes:
        raise too_large(max_bytes, said_bytes=said)
    decoder = _decoder(answer)
    got = bytearray()
    for piece in decoder.pieces(_received(answer, max_bytes)):
        got += piece
        if len(got) > max_bytes:
            raise too_large(max_bytes)
    if said is not None and (surplus := answer.surplus_so_far(said)):
        raise _more_than_said(said, surplus)
    return bytes(got), {
        "how": framing, "received_bytes": decoder.received_bytes, **decoder.found(),
    }  # fmt: skip


def _digest_matched(answer: Answer, part: Part, decoder: _Decoder) -> dict[str, object]:
    """Compare with the digest that the source gave of the whole (RFC 9530, RFC 3230), if any."""
    said = digest_said(answer) if isinstance(decoder, _Plain) else None
    if said is None:
        return {}
    if said != part.sha256:
        part.validator = ""
        raise CutShort(
            "The file is not the one whose digest the source announced; nothing of it was kept.",
            mend="try again later; if it happens every time, tell the publisher.",
            passing=True,
        )
    return {"digest": "the source's own SHA-256 matched"}


def first_bytes(answer: Answer, *, at_most: int) -> bytes:
    """The beginning of a small body, decoded, in memory; what follows is not read."""
    got = bytearray()
    for piece in _decoder(answer).pieces(_received(answer, None)):
        got += piece
        if len(got) >= at_most:
            break
    return bytes(got[:at_most])


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
    if coding == "deflate":
        return _Deflate()
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


class _Inflating:
    """What gzip and deflate share: steps of bounded size, and a bounded ratio."""

    received_bytes = 0
    decoded_bytes = 0

    def _step(self, inflate: zlib._Decompress, piece: bytes) -> bytes:
        try:
            out = inflate.decompress(piece, _STEP_BYTES)
        except zlib.error as error:
            raise CutShort(
                "The packed file is damaged or is not packed, though the source says so.",
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

    def _broke_off(self) -> CutShort:
        return CutShort(
            "The packed file broke off before its end; nothing of it was kept.",
            mend="try again later; if it happens every time, tell the publisher.",
            received_bytes=self.received_bytes,
            passing=True,
        )


class _Gzip(_Inflating):
    """Undoes one layer of gzip (RFC 1952, several members)."""

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
            raise self._broke_off()

    def found(self) -> dict[str, object]:
        return {
            "content_encoding": "gzip, unpacked, its checksums matched",
            "decoded_bytes": self.decoded_bytes,
        }


class _Deflate(_Inflating):
    """Undoes deflate, which servers send with the zlib wrapper (RFC 9110 8.4.1.2) or without."""

    wrapped = False

    def pieces(self, received: Iterator[bytes]) -> Iterator[bytes]:
        inflate: zlib._Decompress | None = None
        first = b""
        for piece in received:
            self.received_bytes += len(piece)
            if inflate is None:
                first += piece
                if len(first) < 2:
                    continue
                piece = first
                # RFC 1950 2.2: method 8, and the two bytes a multiple of 31
                self.wrapped = piece[0] & 15 == 8 and int.from_bytes(piece[:2], "big") % 31 == 0
                inflate = zlib.decompressobj(zlib.MAX_WBITS * (1 if self.wrapped else -1))
            while piece:
                if inflate.eof:
                    raise self._broke_off()  # something follows that belongs to nothing
                yield self._step(inflate, piece)
                piece = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        if inflate is None or not inflate.eof:
            raise self._broke_off()

    def found(self) -> dict[str, object]:
        how = "its checksum matched" if self.wrapped else "without a checksum"
        return {
            "content_encoding": f"deflate, unpacked, {how}",
            "decoded_bytes": self.decoded_bytes,
        }


def _new_member() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)  # 16: gzip header and trailer, with checksum
