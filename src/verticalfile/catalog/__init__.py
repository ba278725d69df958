"""What we hold, saw and decided: derived from vault and journal into one small SQLite file."""
