"""Charts as SVG, drawn on the server: pure functions from values to text.

This room draws what it is given; it asks nobody, reads no clock and knows nothing of archives.
Each chart comes as two drawings (a wide one and one for 320 px), a summary in words and its
numbers as a table: `figure` puts them into one `<figure>`. Colours come from `charts.css` by
class, so that light, dark, forced colours and print each have their own.
"""

from verticalfile.charts.alone import alone, on_paper, stylesheet
from verticalfile.charts.drawing import About, Cell, Drawn, Numbers, Unit, figure
from verticalfile.charts.kinds.bars import Bar, BarChart, draw_bars
from verticalfile.charts.kinds.dots import Dot, DotChart, draw_dots
from verticalfile.charts.kinds.histogram import HistogramChart, binned, draw_histogram
from verticalfile.charts.kinds.line import LineChart, draw_line
from verticalfile.charts.kinds.spark import SparkChart, draw_spark
from verticalfile.charts.kinds.stacked import StackedChart, Whole, draw_stacked
from verticalfile.charts.kinds.timeline import Mark, TimelineChart, What, draw_timeline
from verticalfile.charts.plain import bars_as_text, line_as_text, spark, timeline_as_text
from verticalfile.charts.runs import Gap, Point, Series
from verticalfile.charts.words import ENGLISH, SPANISH, Words, words_for

__all__ = [
    "ENGLISH", "SPANISH", "About", "Bar", "BarChart", "Cell", "Dot", "DotChart", "Drawn", "Gap",
    "HistogramChart", "LineChart", "Mark", "Numbers", "Point", "Series", "SparkChart",
    "StackedChart", "TimelineChart", "Unit", "What", "Whole", "Words", "alone", "bars_as_text", "binned", "draw_bars",
    "draw_dots", "draw_histogram", "draw_line", "draw_spark", "draw_stacked", "draw_timeline",
    "figure", "line_as_text", "on_paper", "spark", "stylesheet",
    "timeline_as_text", "words_for",
]  # fmt: skip
