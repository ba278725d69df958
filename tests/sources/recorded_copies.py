"""Five captures of one address, two of them archived errors, as web archives tell of them."""

from verticalfile.town.portals.wayback import Recorded

URL = "http://data.example.gov/permits.csv"
OLD, NEW = b"id,name\n1,Elm\n2,Oak\n", b"id,name\n1,Elm\n2,Oak\n3,Ash\n"
TOLD = [
    Recorded("20190101000000", URL, OLD), Recorded("20190601000000", URL, OLD),
    Recorded("20200101000000", URL, b"gone", 404, "text/html"),
    Recorded("20200301000000", URL, b"slow down", 429, "text/html"),
    Recorded("20210101120000", URL, NEW),
]  # fmt: skip
