"""JSON-LD contexts of catalogs, held here in our own words: none is ever fetched (trap 58).

The words that DCAT-US 3.0 and 1.1 give to the terms of DCAT, by the addresses under which catalogs
name them. Only the terms that are read are here; the document is kept as it came whatever it says.
"""

from __future__ import annotations

from verticalfile.sources.dcat.namespaces import NAMESPACES

_PREFIXES = {"dcterms": NAMESPACES["dct"]} | {
    name: NAMESPACES[name]
    for name in (
        "dcat", "dct", "foaf", "vcard", "spdx", "adms", "xsd", "skos", "org", "rdfs", "prov",
        "dcat-us",
    )
}  # fmt: skip
_TEXTS = {
    "dcterms": ("title", "description", "identifier", "issued", "modified", "rights"),
    "dcat": ("keyword", "byteSize", "startDate", "endDate", "temporalResolution", "version"),
    "foaf": ("name",),
    "vcard": ("fn",),
    "skos": ("prefLabel", "notation"),
    "spdx": ("checksumValue",),
}
_LINKS = {
    "dcterms": ("publisher", "creator", "license", "accessRights", "spatial", "temporal", "format",
                "language", "conformsTo", "isPartOf", "accrualPeriodicity"),
    "dcat": ("dataset", "distribution", "service", "catalog", "record", "contactPoint", "theme",
             "landingPage", "accessURL", "downloadURL", "mediaType", "inSeries", "endpointURL"),
    "foaf": ("homepage", "page", "primaryTopic"),
    "vcard": ("hasEmail",),
    "spdx": ("checksum", "algorithm"),
    "dcat-us": ("describedBy",),
}  # fmt: skip
_CLASSES = {
    "dcat": ("Catalog", "Dataset", "DatasetSeries", "Distribution", "DataService", "CatalogRecord"),
    "dcterms": ("Location", "PeriodOfTime", "Standard", "RightsStatement"),
    "foaf": ("Organization", "Agent", "Document"),
    "vcard": ("Kind", "Contact"),
    "spdx": ("Checksum",),
}


def _context() -> dict[str, object]:
    found: dict[str, object] = dict(_PREFIXES)
    for prefix, names in (*_TEXTS.items(), *_CLASSES.items()):
        found |= {name: f"{prefix}:{name}" for name in names}
    for prefix, names in _LINKS.items():
        found |= {name: {"@id": f"{prefix}:{name}", "@type": "@id"} for name in names}
    return found


DCAT = _context()
PACKED = {
    "https://raw.githubusercontent.com/DOI-DO/dcat-us/main/context/dcat-us-3.0.jsonld": DCAT,
    "https://resources.data.gov/dcat-us/3.0/context.jsonld": DCAT,
    "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld": DCAT,
    "https://project-open-data.cio.gov/v1.1/schema/catalog.json": DCAT,
}
