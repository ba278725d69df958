"""Documentation that is no table: a PDF, a page, a dictionary in JSON. It is kept to be read by people."""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.tables.reading import Reason

AS_DOCUMENTS = frozenset({Reason.NOT_TABULAR, Reason.WRONG_SHAPE, Reason.NOT_TABLE, Reason.HTML})
"""Why a file is no table, where nothing is wrong with it as a document."""


def is_document(resource: ResourceLine, version: Version, versions: Sequence[Version]) -> bool:
    """Whether a version is a document as it was meant to be, and not a file that cannot be read.

    One that was a PDF or a table at first and is a page now is none: something came in its place.
    Of a layer that is a picture its description is all that there is.
    """
    is_picture = resource.kind == "arcgis" and version.reason == Reason.NOT_TABULAR
    if (resource.is_data and not is_picture) or version.reason not in AS_DOCUMENTS:
        return False
    told = [each.reason for each in versions if each.captures]
    return told[:1] == [version.reason]
