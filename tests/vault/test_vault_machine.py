"""A state machine over the vault: whatever is kept, restored, recovered or destroyed, in any order."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from verticalfile.vault.capture import Taken
from verticalfile.vault.copies.check import check
from verticalfile.vault.destroy import destroy
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)
bodies = st.sampled_from(
    [b"", b"[]", b"a", *(f"row {n}\n".encode() * 30 for n in range(5))]
) | st.binary(max_size=60)


class VaultMachine(RuleBasedStateMachine):
    """The model is a list of (moment name, bytes) in the order of keeping."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.vault = Vault.create(
            self.folder / "vault",
        )
        self.model: list[tuple[str, bytes]] = []
        self.count = 0

    @rule(offered=st.lists(bodies, min_size=1, max_size=4))
    def keep(self, offered: list[bytes]) -> None:
        offers = []
        for body in offered:
            self.count += 1
            at = START + timedelta(minutes=self.count)
            taken = Taken("r", "s", str(self.count), at, "own visit", sha256_of(body), len(body))
            offers.append((taken, lambda body=body: body))
            self.model.append((str(self.count), body))
        self.vault.keep("r", offers, kept_at=START)
        self.vault.keep("r", offers, kept_at=START)  # twice adds nothing

    @rule()
    def reopen_and_recover(self) -> None:
        self.vault = Vault(self.folder / "vault")
        assert self.vault.recover("r") == []

    @rule(pick=st.integers(min_value=0))
    def destroy(self, pick: int) -> None:
        if self.model:
            gone = self.model[pick % len(self.model)][1]
            destroy(self.vault, "r", {sha256_of(gone)}, at=START)
            self.model = [(name, body) for name, body in self.model if body != gone]

    @invariant()
    def every_original_comes_back(self) -> None:
        held = [(c.taken.moment_name, self.vault.original(c)) for c in self.vault.captures("r")]
        assert held == self.model

    def teardown(self) -> None:
        assert list(check(self.folder / "vault")) == []
        shutil.rmtree(self.folder)


VaultMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=10)
TestVaultMachine = VaultMachine.TestCase
