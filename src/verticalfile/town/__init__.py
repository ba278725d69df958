"""A made-up town for the demo and the tests: its three files over three years, and its portal.

Nothing here is true: town, streets, firms, people and amounts are invented. Imports kernel only.
"""

from verticalfile.town.beats import Beat, story
from verticalfile.town.days import TABLES

__all__ = ["TABLES", "Beat", "story"]
