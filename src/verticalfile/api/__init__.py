"""The Python API: the same services as the command line, as objects. It speaks as staff."""

from verticalfile.api.library import AsOf, Dataset, Library, open_library

__all__ = ["AsOf", "Dataset", "Library", "open_library"]
"""`verticalfile.open` is `open_library`."""
