"""Tables through time: ingest, as-of, changes, one row. Derived: delete it, rebuild it from the vault."""
