"""Gathering from portals: what an address is, what it lists, what is taken, what became of it."""
