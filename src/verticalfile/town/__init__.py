"""A made-up town for the demo and the tests: its files over three years, and its portal.

Nothing here is true: town, streets, firms, people and amounts are invented. Imports kernel only.
`files` makes what happened; this room says what the portal answered on each day.
"""

from verticalfile.town.beats import Beat, by_hand, looks, story
from verticalfile.town.days import FILES, File
from verticalfile.town.descriptions import DESCRIPTIONS, Description

__all__ = ["DESCRIPTIONS", "FILES", "Beat", "Description", "File", "by_hand", "looks", "story"]
