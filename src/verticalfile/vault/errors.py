"""What can go wrong in the vault, each with its mend. Exit codes 20 to 29."""

from __future__ import annotations

from verticalfile.kernel.errors import VerticalFileError


class VaultFull(VerticalFileError):
    """The disk, the quota or the file-size limit was reached during a write."""

    code = "vault-full"
    exit_code = 20


class DigestMismatch(VerticalFileError):
    """Stored bytes are not the bytes that were kept."""

    code = "digest-mismatch"
    exit_code = 21


class VaultDamaged(VerticalFileError):
    """The vault's structure is not what a crash could leave: it needs a person or a copy."""

    code = "vault-damaged"
    exit_code = 22


class NotInVault(VerticalFileError):
    """The capture or volume asked for is not held."""

    code = "not-in-vault"
    exit_code = 23


def digest_mismatch(path: str, *, expected: str, found: str) -> DigestMismatch:
    """Say which file differs and how to mend it from another copy."""
    return DigestMismatch(
        f"{path} is not what was kept (digest begins {found[:12]}, expected {expected[:12]}).",
        mend="restore it with `vf mend --from COPY`, then run `vf verify`.",
        path=path,
        expected=expected,
        found=found,
    )


def offered_differs(*, expected: str, found: str) -> DigestMismatch:
    """Say that what is to be kept is not any more what was fetched or copied."""
    return DigestMismatch(
        "The file to be kept is not what was taken "
        f"(digest begins {found[:12]}, expected {expected[:12]}): a disk or a memory fails.",
        mend="run the command again; nothing was half-kept. If it repeats, test this machine.",
        expected=expected,
        found=found,
    )


class Unwritable(OSError):
    """The lock cannot be made of what is to be written, as on a disk that is only for reading.
    `called` is the name by which people know it, which no file of `locks/` has."""

    def __init__(self, error: OSError, called: str) -> None:
        super().__init__(error.errno, error.strerror, error.filename)
        self.called = called


class LockHeld(VerticalFileError):
    """Another process writes to the same resource and does not end."""

    code = "lock-held"
    exit_code = 27
