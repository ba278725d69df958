"""Checking what is kept, and mending it from another copy."""
