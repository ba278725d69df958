"""Looking at sources now, at a list of them, and at their past."""
