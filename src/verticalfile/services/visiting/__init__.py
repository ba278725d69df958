"""How this archive behaves towards publishers, and what it believes of their answers."""
