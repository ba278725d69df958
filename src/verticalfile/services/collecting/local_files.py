"""Files of somebody else's on this machine: taken as they are, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

from verticalfile.kernel.errors import tells_no_room
from verticalfile.kernel.originals import Original, copied
from verticalfile.sources.errors import SourceRefused


def original_of(path: Path, scratch: Path) -> Original:
    """The bytes of a file; of a large one, a copy in the folder `scratch`.

    Raises FileNotFoundError where it is not there, SourceRefused where it cannot be read, and OSError
    where there is no room for the copy.
    """
    try:
        return copied(path, lambda: scratch)
    except OSError as error:
        is_gone = isinstance(error, FileNotFoundError) and not path.exists()
        if is_gone or tells_no_room(error):
            raise
        raise SourceRefused(
            f"{path} cannot be read: {error.strerror}.", mend="check its permissions."
        ) from error
