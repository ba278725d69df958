"""ArcGIS REST services (developers.arcgis.com/rest): directories, services, layers and tables.

A listing has each layer and table of the services, one request a service; the answers are kept
beside. Of a folder or service that wants a token it is whole but for that, which it names. Where a
FeatureServer and a MapServer bear one name, they show the same rows, and the first is taken. Rows
come by `arcgis_rows`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from verticalfile.fetch.errors import AnswerRefused, Blocked, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.arcgis import arcgis_addresses as addresses
from verticalfile.sources.arcgis.arcgis_answers import asked, is_closed
from verticalfile.sources.arcgis.arcgis_layer import WITH_ROWS
from verticalfile.sources.arcgis.arcgis_rows import rows_of_layer
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Completeness, Entry, Offer, Recognised, Record, Role, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.reading import members, number_of, text_of, texts_of
from verticalfile.sources.visit import Page, Visit

USUAL_PLACE = "arcgis/rest/services"
"""Where a server has its directory, if the address is only its host."""
NAMED = b"/arcgis"
"""In the page of a host that has such a server beside."""
SERVICES_MAX = 5_000
"""The largest directories seen have some hundred."""


class ArcGis:
    """The kind."""

    name = "arcgis"
    label = "ArcGIS service"
    is_tried = True
    table = ""
    volatile: frozenset[str] = frozenset()

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A directory, a service or a layer by its address; a bare host by the usual place."""
        place = _place_of(url)
        if place is None:
            return None
        if (
            not urlsplit(url).path.strip("/")
            and page is not None
            and NAMED not in page.body.lower()
        ):
            return None  # a host with a page of its own is what that page is
        try:
            _, answer = asked(visit, place)
        except Blocked:
            if urlsplit(url).path.strip("/"):
                raise  # an address of a service that wants a token
            return None
        except (FetchError, LimitReached):
            return None
        is_one = any(
            name in answer for name in ("services", "folders", "layers", "tables", "fields")
        )
        if not is_one:
            return None
        title = text_of(answer.get("name")) or text_of(answer.get("mapName")) or _name_in(place)
        return Recognised(self.name, place, title, text_of(answer.get("currentVersion")))

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """Every layer and table below the address."""
        path = into / "layers.zip"
        walk = _Walk(visit)
        with PagesFile(path, protocol=self.name, records=(), key=("url",)) as pages:
            lines = list(walk.records(addresses.plain(location)))
            for number, body in enumerate(walk.bodies, 1):
                pages.document(f"answer-{number:05}.json", body)
            if walk.closed:
                pages.document("closed.json", json.dumps(sorted(walk.closed), indent=1).encode())
            pages.page("".join(f"{json.dumps(line)}\n" for line in lines).encode(), "jsonl")
        if not walk.services and (refused := [*walk.failed, *walk.closed.values()]):
            raise refused[0]
        sha256, size_bytes = digest_and_size(path)
        return Taken(
            path, sha256, size_bytes, "layers.zip", "application/zip",
            walk.completeness(len(lines)), visit.last_exchange,
        )  # fmt: skip

    def entry(self, record: Record, location: str) -> Entry:
        """What a line of the listing says of a layer."""
        url, title = text_of(record.get("url")), text_of(record.get("name"))
        if not url:
            raise BadRecord(
                f"An entry of {location} has no address.",
                mend="run `vf collect` again; the other entries are taken.",
            )
        item = text_of(record.get("item"))
        has_rows = text_of(record.get("type")).lower() in ("", *WITH_ROWS)
        licence = text_of(record.get("copyrightText"))
        identifier = f"{item}_{text_of(record.get('id'))}" if item else url
        return Entry(
            identifier=url, title=title or _name_in(url),
            description=text_of(record.get("description")), landing_page=url,
            licence=licence, licence_field="copyrightText" if licence else "", access="public",
            offers=offers_of(url, title, identifier) if has_rows else (), is_part=not has_rows,
        )  # fmt: skip

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """The rows of a layer or table, or of the only one of a service."""
        place = addresses.plain(location)
        if addresses.is_service(place):
            place = _only_layer(visit, place)
        return rows_of_layer(visit, place, into)


def _only_layer(visit: Visit, service: str) -> str:
    """Raises AnswerRefused where a service has no layer with rows, or several."""
    _, answer = asked(visit, service)
    found = [
        _record(service, answer, layer)
        for layer in (*members(answer.get("layers")), *members(answer.get("tables")))
        if number_of(layer.get("id")) is not None
    ]
    with_rows = [each for each in found if str(each["type"]).lower() in WITH_ROWS]
    if len(with_rows) != 1:
        raise AnswerRefused(
            f"{service} has {len(with_rows):,} layers with rows, and nothing says which is meant.",
            mend=f"add them all as a source of their own: vf add {service}",
        )
    return str(with_rows[0]["url"])


def offers_of(url: str, title: str, identifier: str = "") -> tuple[Offer, ...]:
    """A layer's rows, and its description with the meaning of its codes (trap 47)."""
    return (
        Offer(url, "arcgis", title, "ArcGIS layer", identifier=identifier),
        Offer(
            f"{addresses.plain(url)}?f=json", "url", "Layer description", "JSON",
            "application/json", role=Role.DOCUMENTATION,
        ),
    )  # fmt: skip


@dataclass
class _Walk:
    """A walk over a directory: what was answered, and what was not."""

    visit: Visit
    bodies: list[bytes] = field(default_factory=list)
    services: int = 0
    failed: list[FetchError] = field(default_factory=list)
    closed: dict[str, FetchError] = field(default_factory=dict)  # by the place that wants a token

    def records(self, location: str) -> Iterator[dict[str, object]]:
        if addresses.is_layer(location):
            layer = self._asked(location)
            if layer is not None:
                self.services += 1
                yield _record(location.rpartition("/")[0], {}, layer)
            return
        if addresses.is_service(location):
            yield from self._service(location)
            return
        for service in self._services(location):
            yield from self._service(service)

    def _services(self, directory: str) -> list[str]:
        """Addresses of all services, folders included, in the order of their names."""
        answer = self._asked(directory)
        if answer is None:
            return []
        named = _named(answer, directory)
        for folder in texts_of(answer.get("folders")):
            below = f"{directory}/{quote(folder, safe='')}"
            if (inside := self._asked(below)) is not None:
                named |= _named(inside, directory)
        chosen = {name: kind for name, kind in sorted(named) if kind == "MapServer"}
        chosen |= {name: kind for name, kind in sorted(named) if kind == "FeatureServer"}
        if len(chosen) > SERVICES_MAX:
            raise AnswerRefused(
                f"{directory} names {len(chosen):,} services, more than any that is known.",
                mend="give the address of one folder or service.",
            )
        return [f"{directory}/{name}/{kind}" for name, kind in sorted(chosen.items())]

    def _service(self, service: str) -> Iterator[dict[str, object]]:
        answer = self._asked(service)
        if answer is None:
            return
        self.services += 1
        for layer in (*members(answer.get("layers")), *members(answer.get("tables"))):
            if number_of(layer.get("id")) is not None:
                yield _record(service, answer, layer)

    def _asked(self, url: str) -> Mapping[str, object] | None:
        try:
            page, answer = asked(self.visit, url)
        except FetchError as error:
            if is_closed(error):
                # a FeatureServer and a MapServer of one name are one service
                self.closed[url.rpartition("/")[0] if addresses.is_service(url) else url] = error
            else:
                self.failed.append(error)
            return None
        self.bodies.append(page.body)
        return answer

    def completeness(self, received: int) -> Completeness:
        why = ""
        if self.failed:
            why = f"{len(self.failed):,} of its services did not say what they hold: {self.failed[0].message.rstrip('.')}"
        return Completeness(
            received, None if why else received, "each service asked", len(self.bodies),
            "end of directory", not why, why, tuple(sorted(self.closed)),
        )  # fmt: skip


def _named(answer: Mapping[str, object], directory: str) -> set[tuple[str, str]]:
    """Names and types in a directory; below a folder, names begin with it, or do not."""
    folder = "" if directory.lower().endswith("/rest/services") else directory.rpartition("/")[2]
    found = set()
    for service in members(answer.get("services")):
        name, kind = text_of(service.get("name")), text_of(service.get("type"))
        if kind in ("FeatureServer", "MapServer") and name:
            name = quote(name, safe="/")
            found.add((name.removeprefix(f"{folder}/") if folder else name, kind))
    return found


def _record(
    service: str, about: Mapping[str, object], layer: Mapping[str, object]
) -> dict[str, object]:
    number = number_of(layer.get("id"))
    kind = text_of(layer.get("type")) or ("Table" if not layer.get("geometryType") else "")
    return {
        "url": f"{service}/{number}",
        "id": number,
        "name": text_of(layer.get("name")),
        "type": kind if about.get("layers") is None or layer.get("type") else _kind_in(about, layer),
        "geometryType": text_of(layer.get("geometryType")),
        "item": text_of(about.get("serviceItemId") or layer.get("serviceItemId")),
        "description": text_of(layer.get("description"))
        or text_of(about.get("serviceDescription")) or text_of(about.get("description")),
        "copyrightText": text_of(layer.get("copyrightText")) or text_of(about.get("copyrightText")),
    }  # fmt: skip


def _kind_in(about: Mapping[str, object], layer: Mapping[str, object]) -> str:
    """Old services name no types: what has layers below it is a group."""
    if layer in members(about.get("tables")):
        return "Table"
    return "Group Layer" if isinstance(layer.get("subLayerIds"), list) else "Feature Layer"


def _place_of(url: str) -> str | None:
    plain = addresses.plain(url)
    if any(
        is_it(plain) for is_it in (addresses.is_layer, addresses.is_service, addresses.is_directory)
    ):
        return plain
    parts = urlsplit(plain)
    path = parts.path.strip("/").lower()
    root = f"{parts.scheme}://{parts.netloc}"
    if not path:
        return f"{root}/{USUAL_PLACE}"
    if path.endswith("/rest"):
        return f"{plain}/services"
    return f"{plain}/rest/services" if path in ("arcgis", "server", "portal") else None


def _name_in(url: str) -> str:
    """The name of the service that an address names."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    told = [p for p in parts if not p.isdigit() and p not in ("FeatureServer", "MapServer")]
    return told[-1].replace("_", " ") if told and told[-1] != "services" else ""


SOURCE = ArcGis()
