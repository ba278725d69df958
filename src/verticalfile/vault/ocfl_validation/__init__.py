"""Judging OCFL objects and storage roots by the standard, and by nothing that the vault knows.

`validate_object` and `validate_root` name every clause that is not kept, by its code.
"""

from verticalfile.vault.ocfl_validation.codes import CODES, NOT_JUDGED
from verticalfile.vault.ocfl_validation.object_rules import Depth, validate_object
from verticalfile.vault.ocfl_validation.storage_root import validate_root
from verticalfile.vault.ocfl_validation.verdict import Breach, Verdict

__all__ = [
    "CODES", "NOT_JUDGED", "Breach", "Depth", "Verdict", "validate_object", "validate_root",
]  # fmt: skip
