"""The floor everything stands on: clock, ids, limits, errors. Knows nothing of vaults or tables."""
