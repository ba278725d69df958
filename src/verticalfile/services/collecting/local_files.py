"""Files of somebody else's on this machine: taken as they are, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

from verticalfile.kernel.originals import Original, copied
from verticalfile.sources.errors import SourceRefused
from verticalfile.vault.disk import NO_ROOM


def original_of(path: Path, scratch: Path) -> Original:
    """The bytes of a file; of a large one, a copy in the folder `scratch`.

    Raises FileNotFoundError where it is not there, SourceRefused where it cannot be read, and OSError
    where there is no room for the copy.
    """
    try:
        return copied(path, lambda: scratch)
    except OSError as error:
        is_gone = isinstance(error, FileNotFoundError) and not path.exists()
        if is_gone or error.errno in NO_ROOM:
            raise
        raise SourceRefused(
            f"{path} cannot be read: {error.strerror}.", mend="check its permissions."
        ) from error
