"""Vertical File: keep, open, explain and teach the civic data of a city and its county."""

__version__ = "0.1.0.dev0"
