"""Datasets of a graph as records of one form, whatever order and labels the graph came in.

Each dataset becomes a JSON object: members by their short names, values sorted, what it points to
within it. Blank nodes stand where they are used and have no label, so that renumbered nodes and
reordered triples make the same records (trap 56). Datasets, series and catalogs that a dataset
points to stay addresses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import rdflib
from rdflib.term import BNode, Literal, Node, URIRef

from verticalfile.sources.dcat.namespaces import NAMESPACES

NAMES = {address: f"{prefix}:" for prefix, address in NAMESPACES.items()}
DCAT = NAMESPACES["dcat"]
TYPE = URIRef(f"{NAMESPACES['rdf']}type")
DATASET, SERIES = URIRef(f"{DCAT}Dataset"), URIRef(f"{DCAT}DatasetSeries")
CATALOG, MEMBER = URIRef(f"{DCAT}Catalog"), URIRef(f"{DCAT}dataset")
OWN = frozenset({DATASET, SERIES, CATALOG, URIRef(f"{DCAT}CatalogRecord")})
"""What has a life of its own and stays an address where something points to it."""
MODIFIED = URIRef(f"{NAMESPACES['dct']}modified")
DEPTH_MAX = 6
NODES_MAX = 5_000
"""Nodes within one record; more is a web of nodes that point at each other."""


def records_in(graph: rdflib.Graph) -> list[dict[str, object]]:
    """Every dataset and series that the graph describes, sorted by identity."""
    found = set(graph.subjects(TYPE, DATASET)) | set(graph.subjects(TYPE, SERIES))
    found |= {node for node in graph.objects(None, MEMBER) if (node, None, None) in graph}
    records = [_Reader(graph).record(node) for node in found]
    return sorted(records, key=lambda record: (str(record.get("@id", "")), _canonical(record)))


def listed_in(graph: rdflib.Graph) -> set[str]:
    """The datasets that a catalog names, described or not."""
    return {str(node) for node in graph.objects(None, MEMBER) if isinstance(node, URIRef)}


def line_of(record: Mapping[str, object]) -> bytes:
    """A record as a line of JSON, always the same."""
    return _canonical(record).encode("utf-8", "backslashreplace") + b"\n"


class _Reader:
    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph
        self.left = NODES_MAX

    def record(self, node: Node) -> dict[str, object]:
        record = self._node(node, frozenset({node}))
        if isinstance(node, URIRef):
            record["@id"] = str(node)
        return record

    def _node(self, node: Node, above: frozenset[Node]) -> dict[str, object]:
        found: dict[str, list[object]] = {}
        for predicate, value in self.graph.predicate_objects(node):
            if predicate == MODIFIED and len(above) > 1:
                continue  # a file's own date is a touch, as the dataset's is
            name = "@type" if predicate == TYPE else _short(str(predicate))
            told = _short(str(value)) if predicate == TYPE else self._value(value, above)
            found.setdefault(name, []).append(told)
        return {name: _sorted(values) for name, values in found.items()}

    def _value(self, value: Node, above: frozenset[Node]) -> object:
        if isinstance(value, Literal):
            return _literal(value)
        self.left -= 1
        is_near = value not in above and len(above) < DEPTH_MAX and self.left > 0
        inner: dict[str, object] = {}
        if is_near and not (isinstance(value, URIRef) and self._is_own(value)):
            inner = self._node(value, above | {value})
        if isinstance(value, BNode):
            return inner
        return {"@id": str(value), **inner} if inner else str(value)

    def _is_own(self, node: Node) -> bool:
        return any(kind in OWN for kind in self.graph.objects(node, TYPE))


def _literal(value: Literal) -> object:
    if value.language:
        return {"@value": str(value), "@language": value.language}
    kind = _short(str(value.datatype)) if value.datatype else ""
    return str(value) if kind in ("", "xsd:string") else {"@value": str(value), "@type": kind}


def _sorted(values: Iterable[object]) -> object:
    ordered = sorted(values, key=_canonical)
    return ordered[0] if len(ordered) == 1 else ordered


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _short(iri: str) -> str:
    for start, prefix in NAMES.items():
        if iri.startswith(start):
            return prefix + iri.removeprefix(start)
    return iri
