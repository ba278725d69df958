"""What is known, folded from vault and journal: versions, tables, what was said and withheld."""
