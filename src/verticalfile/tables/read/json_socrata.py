"""The names of the columns in `rows.json`, as Socrata exports a dataset.

`meta.view.columns` describes what the lists in `data` hold, one list a row. Names are those that
people see, as in its CSV; columns of the portal's own (`:id`, `:updated_at`) keep their field name.
"""

from __future__ import annotations

from collections.abc import Mapping

from verticalfile.tables.read.delimited import named_once
from verticalfile.tables.reading import Known

TABLE = "data"


def socrata_columns(meta: object, known: Known) -> tuple[str, ...]:
    """The columns that an export tells, none where it is no such export."""
    view = meta.get("view") if isinstance(meta, Mapping) else None
    told = view.get("columns") if isinstance(view, Mapping) else None
    if not isinstance(told, list) or (known.columns and TABLE not in known.columns):
        return ()
    names = [_name_of(column) for column in told]
    return () if None in names else named_once([name for name in names if name is not None])


def _name_of(column: object) -> str | None:
    if not isinstance(column, Mapping):
        return None
    field, name = column.get("fieldName"), column.get("name")
    own = field if isinstance(field, str) and field.startswith(":") else name
    return own if isinstance(own, str) else None
