"""The secret key of an archive's site: made once, kept beside the archive, never committed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAME = "secret-key"


def secret_key(archive: Path | None) -> str:
    """The archive's key, made on first use; where nothing can be written, one for this process."""
    if archive is None:
        return secrets.token_urlsafe(50)
    path = archive / NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or secrets.token_urlsafe(50)
    except OSError:
        return secrets.token_urlsafe(50)
    made = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(made + "\n")
    return made
