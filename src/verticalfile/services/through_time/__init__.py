"""A table through time: compared, charted, followed."""
