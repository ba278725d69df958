"""The kinds of service requests: when they come, how long they take, what people write."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of request. `by_month` is relative frequency, January first; `days` the usual wait."""

    name: str
    by_month: tuple[float, ...]
    days: float
    crossing_share: float  # share told as a corner, 0 to 1
    texts: tuple[str, ...]
    after_snow: bool = False
    in_parks: bool = False
    referred_share: float = 0.0  # share handed on to the county, 0 to 1


_EVEN = (1.0,) * 12


def _times(factor: float) -> tuple[float, ...]:
    return tuple(factor * month for month in _EVEN)


CATEGORIES: tuple[Category, ...] = (
    Category("Pothole", (2, 5, 13, 15, 8, 3, 2, 2, 2, 2, 2, 1), 9, 0.55, (
        "Pothole in the {lane} lane, about {inches} inches deep.",
        "Large hole near the {mark}, cars swerve around it.",
        "Patch from last year has come out again by the {mark}.",
        "Three potholes in a row, one of them took a hubcap.",
        "Edge of the road is breaking off at the {mark}.",
        "Hole around the manhole cover, you hear every car go over it.",
        "Sunken utility cut, {inches} inches lower than the road.",
    ), referred_share=0.06),
    Category("Missed leaf pickup", (0, 0, 0.2, 0.5, 0.2, 0, 0, 0, 0.5, 6, 16, 4), 4, 0.05, (
        "Leaves were at the curb by {day}, truck went past.",
        "{count} bags left on the {side} side.",
        "Leaf pile blocks the gutter and the street floods.",
        "Whole block was skipped.",
        "They picked up next door but not here.",
        "Was told on the phone they would come {day}, nobody came.",
        "Truck broke down in front of us and never came back.",
        "Wet leaves on the walk are slippery, please pick up.",
        "Pile has been here for {weeks} weeks, kids on bikes go into the road.",
    )),
    Category("Unshoveled sidewalk", (8, 7, 4, 0.3, 0, 0, 0, 0, 0, 0, 1, 6), 3, 0.12, (
        "Walk not shoveled since the snow, vacant house.",
        "Plow pushed the snow back over the crosswalk ramp.",
        "Sheet of ice in front of the {shop}.",
        "Corner ramp is buried, a wheelchair cannot get through.",
        "Not shoveled, mail carrier walks in the street.",
    ), after_snow=True),
    Category("Street not plowed", (7, 6, 3, 0.2, 0, 0, 0, 0, 0, 0, 0.5, 5), 1.2, 0.2, (
        "Not plowed as of {hour} a.m.",
        "Only one lane plowed, two cars cannot pass.",
        "Hill is pure ice, no sand or salt yet.",
        "Plow left a ridge of snow across the driveway.",
        "Dead end was missed again.",
    ), after_snow=True),
    Category("Fallen tree or limb", (1.5, 1.5, 2, 2, 2.5, 3, 3.5, 3, 2, 2, 2, 1.5), 2.5, 0.1, (
        "Limb down across the sidewalk, passable on the grass.",
        "{tree} came down across the road, both lanes blocked.",
        "Limb hanging over the wires by the {mark}.",
        "Half of the {tree} is on the roof of my {car}.",
        "{tree} leaning on the neighbor's fence, roots are up.",
        "Big limb of the {tree} broken, still hanging.",
        "Tree on the tree lawn split down the middle.",
        "Branches all over the street, cars drive on the walk.",
        "{tree} across the driveway, we cannot get out.",
        "Trunk lies on the sidewalk, {count} feet long.",
        "Tree fell into the creek and dams it up.",
        "Limb came through the fence of the playground.",
        "Top of the {tree} broke off and lies on the wires, no power here.",
        "Roots of the {tree} pulled up two sidewalk panels.",
        "Trunk blocks the {lane} lane.",
        "Crew cut half of it and left the logs by the {mark}.",
        "Two trees down behind the {shop}.",
        "Broken limb over the crosswalk, about {count} feet up.",
        "{tree} took the porch railing with it, nobody hurt.",
        "Stop sign is under a {tree}.",
    )),
    Category("Streetlight out", (5, 4.5, 4, 3, 2, 1.5, 1.5, 2, 3, 4.5, 5, 5), 12, 0.4, (
        "Light is out, pole number {pole}.",
        "Light flickers all night, pole {pole}.",
        "{lights} lights in a row are dark.",
        "Light stays on all day, pole {pole}.",
        "Dark at the bus stop, I use my phone to be seen.",
    ), referred_share=0.05),
    Category("Missed trash or recycling", _times(5), 1.8, 0.02, (
        "Recycling not collected on {day}.",
        "Trash truck skipped the alley.",
        "Cart was emptied halfway and left in the street.",
        "Lid of the cart is broken since {day}.",
        "Missed for the second week.",
        "Cart is gone, was at the curb on {day}.",
    )),
    Category("Sidewalk trip hazard", (2, 2, 4, 5, 5, 5, 4, 4, 4, 3, 2, 1.5), 45, 0.1, (
        "Panel lifted about {inches} inches by {tree} roots.",
        "Broken panel in front of the {shop}, my mother fell.",
        "Two panels have sunk and hold water, ice in winter.",
        "Missing brick by the {mark}.",
        "Edge sticks up {inches} inches, stroller gets stuck.",
        "Crumbled panel, was marked with paint last year and nothing since.",
    )),
    Category("Clogged storm drain", (1.5, 2, 3, 4, 3, 2.5, 2, 2, 2, 4, 5, 2.5), 3.5, 0.6, (
        "Drain full of leaves, water up to the curb.",
        "Drain at the corner does not take any water.",
        "Grate is missing, someone put a cone on it.",
        "Smell from the drain for {weeks} weeks.",
        "Water stands {inches} inches deep after every rain.",
    )),
    Category("Tall grass or weeds", (0, 0, 0, 0.5, 4, 6, 6, 5, 3, 1, 0, 0), 14, 0.03, (
        "Empty lot, grass is waist high.",
        "Nobody has mowed there since {month}.",
        "Weeds hang over the sidewalk.",
        "Cannot see around the corner because of the bushes.",
        "Knotweed comes through the fence from the rail line.",
    )),
    Category("Graffiti", _times(1.6), 8, 0.15, (
        "Tag on the side of the {shop}.",
        "Paint on the underpass wall, about {count} feet long.",
        "Marker on the bus shelter glass.",
        "Stop sign has been painted over.",
    )),
    Category("Abandoned vehicle", _times(1.7), 11, 0.05, (
        "{color} {car}, flat tires, not moved for {weeks} weeks.",
        "{color} {car} without plates.",
        "Trailer parked here since {month}.",
        "Car with expired tags in front of the hydrant.",
    )),
    Category("Dead animal in road", (1, 1, 1.2, 1.5, 2, 2, 2, 1.5, 2, 3, 3, 1.5), 0.9, 0.35, (
        "Deer by the {mark}.", "Raccoon in the {lane} lane.", "Skunk, please hurry.",
        "Deer on the tree lawn.", "Opossum near the storm drain.",
    ), referred_share=0.1),
    Category("Illegal dumping", _times(1.8), 6, 0.2, (
        "Mattress and a couch at the end of the street.",
        "{count} tires down the river bank.",
        "Contractor bags left behind the {shop}.",
        "Old television at the curb for {weeks} weeks.",
    )),
    Category("Street sign down", _times(1.4), 7, 0.9, (
        "Street name sign is turned the wrong way.",
        "Stop sign is down, lying in the grass.",
        "No parking sign bent by a truck.",
        "Sign post hit, sign points at the ground.",
    )),
    Category("Traffic signal", _times(0.9), 2.2, 1.0, (
        "Signal flashes red in all directions.",
        "Walk button does not work on the {side} side.",
        "Green is so short that two cars get through.",
        "{side} facing signal is dark.",
    ), referred_share=0.35),
    Category("Noise", (0.6, 0.6, 0.8, 1, 1.6, 2.2, 2.6, 2.4, 1.6, 1, 0.6, 0.6), 3, 0.05, (
        "Generator runs all night.",
        "Loud music in the yard, again past midnight.",
        "Air handler behind the {shop} has a bad bearing.",
        "Dog left out from morning until dark.",
    )),
    Category("Water or sewer", (3, 2.6, 2, 1.5, 1.2, 1.2, 1.4, 1.4, 1.2, 1.2, 1.6, 2.4), 1.5, 0.2, (
        "Water comes up through the road by the {mark}.",
        "Brown water since this morning.",
        "Low pressure on the whole block.",
        "Sewer smell in the basement after rain.",
        "Hydrant drips, ice all over the walk.",
    )),
    Category("Park maintenance", (0.4, 0.4, 0.8, 1.4, 2.2, 2.6, 2.6, 2.2, 1.6, 1, 0.5, 0.3), 9, 0.0, (
        "Swing chain is broken at the playground.",
        "Bench slat missing, nail sticks out.",
        "Trash cans at the ball field overflow.",
        "Drinking fountain does not run.",
        'Sign "No swimming" is gone from the dock.',
        "Wasps in the picnic shelter.",
        "Goose droppings all over the beach.",
        "Restroom locked at noon.",
        "Ball field lights stay on all night.",
    ), in_parks=True),
)  # fmt: skip

_FILLINGS: Mapping[str, tuple[str, ...]] = {
    "lane": ("northbound", "southbound", "eastbound", "westbound", "right", "left"),
    "inches": ("2", "2", "3", "3", "4", "5", "6"),
    "mark": ("hydrant", "bus stop", "mailbox", "crosswalk", "bridge", "school entrance",
             "railroad crossing", "driveway", "church lot", "stop sign"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "count": ("4", "6", "8", "10", "12", "15"),
    "lights": ("Two", "Three", "Four", "Five"),
    "side": ("north", "south", "east", "west"),
    "weeks": ("two", "three", "four", "six"),
    "hour": ("6", "7", "8", "9"),
    "shop": ("laundromat", "hardware store", "old bakery", "barber shop", "vacant store",
             "feed store", "pharmacy", "diner", "credit union"),
    "tree": ("silver maple", "old maple", "ash", "dead ash", "spruce", "box elder", "linden",
             "cottonwood", "willow"),
    "color": ("Gray", "White", "Blue", "Red", "Tan", "Black"),
    "car": ("pickup", "sedan", "minivan", "hatchback", "box truck", "station wagon"),
}  # fmt: skip
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip


def detail(die: random.Random, category: Category, opened: datetime) -> str:
    """What the person wrote; a month is named that had passed by then, a pole has its number."""

    def filled(blank: re.Match[str]) -> str:
        match blank[1]:
            case "pole":
                return f"{die.choice('ABCDEF')}{die.randint(100, 899)}"
            case "month":
                return _MONTHS[(opened.month - 1 - die.randint(1, 3)) % 12]
            case word:
                return die.choice(_FILLINGS[word])

    text = re.sub(r"\{(\w+)\}", filled, die.choice(category.texts))
    return text[0].upper() + text[1:]
