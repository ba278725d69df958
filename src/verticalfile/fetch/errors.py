"""What can go wrong with a source on the network. Exit codes 30 to 39.

`facts["exchange"]` is the exchange as far as it went, where there was one. `facts["passing"]`
is true where the same request may well succeed a little later.
"""

from __future__ import annotations

from verticalfile.kernel.errors import VerticalFileError


class FetchError(VerticalFileError):
    """The parent of all of these, for a door that shows any of them; never raised itself."""

    code = "fetch-failed"
    exit_code = 39


class AddressRefused(FetchError):
    """The address leads, or may lead, to a place that a publisher's link must not reach."""

    code = "address-refused"
    exit_code = 30


class SourceAway(FetchError):
    """The source cannot be reached, does not answer in time, or says that it is out of order."""

    code = "source-away"
    exit_code = 31


class Blocked(FetchError):
    """The source answers, but not to us: a firewall, 429, 451, or its robots.txt."""

    code = "blocked"
    exit_code = 32


class NotFound(FetchError):
    """The source says that there is nothing at this address (404), or no longer (410)."""

    code = "not-found"
    exit_code = 33


class CutShort(FetchError):
    """What arrived is not the whole of what was announced; nothing of it was kept."""

    code = "cut-short"
    exit_code = 34


class TooManyRedirects(FetchError):
    """The source sends us on and on, or round in a circle."""

    code = "too-many-redirects"
    exit_code = 35


class AnswerRefused(FetchError):
    """The source answered with something that is no file: another status or an unknown coding."""

    code = "answer-refused"
    exit_code = 36


class NotReady(FetchError):
    """The source is still preparing the file (202)."""

    code = "not-ready"
    exit_code = 37


class HostWaits(FetchError):
    """The host asked to be left alone until later, or another command is asking it; not asked."""

    code = "host-waits"
    exit_code = 38


class Closed(Blocked):
    """What is asked for is behind a login: 401, 403, ArcGIS 498 and 499, or a login page."""

    code = "closed"


class BudgetSpent(FetchError):
    """One run has asked as much of this host as it may; the rest waits for the next run."""

    code = "budget-spent"
    exit_code = 38
