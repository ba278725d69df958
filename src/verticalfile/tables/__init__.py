"""Any file read as tables of text; keys; renames; changes between two tables. Pure: no vault, no disk.

Values are text exactly as published; null only where the format has it (design 7, engine.md 5).
"""
