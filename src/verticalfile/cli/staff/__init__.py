"""Commands of those who keep the archive."""
