"""Sentences of the pages."""
