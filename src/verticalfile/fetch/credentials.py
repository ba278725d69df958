"""Secrets that a publisher gave the library: sent to one origin, told to nobody else.

They are added to a request at the last step, by scheme, host and port, so a redirect elsewhere
never carries them. They are in no exchange, log, error or `repr`; where a server echoes one in
its answer's head, it is hidden there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.urls import HIDDEN

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[!-~](?:[ -~]{0,8000}[!-~])?")
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "range", "if-range"}
)


class Credentials:
    """Secret headers by origin, as in `{"https://data.example.gov": {"X-App-Token": "..."}}`."""

    def __init__(self, by_origin: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Raises InputRefused, without the secret, for what no header can carry."""
        self._by_origin: dict[str, list[tuple[str, str]]] = {}
        for origin, headers in (by_origin or {}).items():
            place = origin.rstrip("/").lower()
            if not re.fullmatch(r"https?://[^/?#@\s]+", place):
                raise InputRefused(
                    "A credential is for one origin such as https://data.example.gov.",
                    mend="write the scheme and the host, without a path.",
                )
            for name, value in headers.items():
                self._check(place, name, value)
            plain = re.sub(r"^(https://.+):443$|^(http://.+):80$", r"\1\2", place)
            self._by_origin[plain] = list(headers.items())

    @staticmethod
    def _check(origin: str, name: str, value: str) -> None:
        if not _NAME.fullmatch(name) or name.lower() in _OURS:
            raise InputRefused(
                f"The name of a credential for {origin} is no header that may be set.",
                mend="use the name that the publisher gave, such as X-App-Token.",
            )
        if not _VALUE.fullmatch(value):
            raise InputRefused(
                f"The credential {name} for {origin} has signs that no header can carry.",
                mend="copy it again, without line ends or blanks around it.",
            )

    def __repr__(self) -> str:
        return f"Credentials(for {len(self._by_origin)} origins)"

    def for_origin(self, origin: str) -> list[tuple[str, str]]:
        """The secret headers of this scheme, host and port."""
        return self._by_origin.get(origin.lower(), [])

    def hidden(self, text: str) -> str:
        """The text without any of the secrets."""
        for headers in self._by_origin.values():
            for _, value in headers:
                secret = value.rpartition(" ")[2]  # in `Bearer abc` abc is the secret
                if len(secret) >= 4:
                    text = text.replace(secret, HIDDEN)
        return text

    def __reduce__(self) -> str:
        raise TypeError("credentials are not pickled")
