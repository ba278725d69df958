"""A dataset: added, described, put on shelves; how often it is looked at."""
