"""Memento (RFC 7089) in headers and lists: the address without a moment is the original."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.mementos import Memento, Mementos, mementos
from verticalfile.web.addresses import address
from verticalfile.web.context import site

LINKS = "application/link-format; charset=utf-8"
JSON = "application/json"


def tell(request: HttpRequest, here: AtHand, response: HttpResponse) -> HttpResponse:
    """Set `Link`, and on a version that counts `Memento-Datetime`."""
    known = mementos(here)
    links = list(_around(request, here))
    if here.dated and known.here is not None:
        response["Memento-Datetime"] = _date(known.here)
        links += _beside(request, here, known)
    response["Link"] = ", ".join(links)
    return response


def lead(request: HttpRequest, here: AtHand, response: HttpResponse, moment: str) -> HttpResponse:
    """Set `Link` of a TimeGate that leads to a moment: with the memento there and those beside it
    (RFC 7089 4.2.1), so that a client need not open it to go on."""
    known = mementos(here)
    chosen = next((each for each in known.every if each.moment == moment), None)
    beside = _beside(request, here, replace(known, here=chosen))
    response["Link"] = ", ".join([*_around(request, here), *beside])
    return response


def time_map(request: HttpRequest, here: AtHand) -> str:
    """Every state, as links (RFC 6690 has their form)."""
    known = mementos(here)
    rels = {each.moment: ["memento"] for each in known.every}
    for rel, each in known.beside().items():
        if rel in ("first", "last"):
            rels[each.moment].insert(-1, rel)
    own = _absolute(request, here, "timemap", form="link")
    span = "".join(
        f'; {word}="{_date(each)}"'
        for word, each in zip(
            ("from", "until"), known.every[:: max(1, len(known.every) - 1)], strict=False
        )
    )
    lines = [
        f'<{_absolute(request, here)}>; rel="original"',
        f'<{own}>; rel="self"; type="application/link-format"{span}',
        f'<{_absolute(request, here, "timegate")}>; rel="timegate"',
        *(_memento(request, here, each, " ".join(rels[each.moment])) for each in known.every),
    ]
    return ",\n".join(lines) + "\n"


def time_map_body(request: HttpRequest, here: AtHand) -> dict[str, object]:
    """The same as JSON, with the names that other archives use."""
    known = mementos(here)

    def told(each: Memento) -> dict[str, str]:
        return {
            "datetime": each.at.isoformat().replace("+00:00", "Z"),
            "uri": _absolute(request, here, moment=each.moment),
        }

    beside = {rel: told(each) for rel, each in known.beside().items() if rel in ("first", "last")}
    return {
        "original_uri": _absolute(request, here),
        "timegate_uri": _absolute(request, here, "timegate"),
        "timemap_uri": {
            "link_format": _absolute(request, here, "timemap", form="link"),
            "json_format": _absolute(request, here, "timemap", form="json"),
        },
        "mementos": {**beside, "list": [told(each) for each in known.every]},
    }


def _around(request: HttpRequest, here: AtHand) -> Iterator[str]:
    yield f'<{_absolute(request, here)}>; rel="original"'
    yield f'<{_absolute(request, here, "timegate")}>; rel="timegate"'
    for form, kind in (("link", "application/link-format"), ("json", JSON)):
        yield f'<{_absolute(request, here, "timemap", form=form)}>; rel="timemap"; type="{kind}"'


def _beside(request: HttpRequest, here: AtHand, known: Mementos) -> Iterator[str]:
    """The open one, before and after it, the first and the last; one link for one address."""
    shown = {known.here.moment: ["memento"]} if known.here else {}
    for rel, each in known.beside().items():
        shown.setdefault(each.moment, ["memento"]).insert(-1, rel)
    every = {each.moment: each for each in known.every}
    return (_memento(request, here, every[m], " ".join(rels)) for m, rels in shown.items())


def _memento(request: HttpRequest, here: AtHand, each: Memento, rel: str) -> str:
    place = _absolute(request, here, moment=each.moment)
    return f'<{place}>; rel="{rel}"; datetime="{_date(each)}"'


def _date(each: Memento) -> str:
    return http_date(each.at.timestamp())


def _absolute(
    request: HttpRequest, here: AtHand, screen: str = "dataset", *, moment: str = "", form: str = ""
) -> str:
    return site(request) + address(here, screen, moment=moment, form=form)
