"""Citing, and what we hold described for machines."""
