"""Native charts of bars, lines and points whose caches hold the numbers, so that previews draw them too."""

from __future__ import annotations

import math
from typing import Literal, cast

from openpyxl.chart import BarChart, LineChart, ScatterChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as ExcelSeries
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from lcopt.report.expressions import Cell, Range
from lcopt.report.sheets import Chart, Series
from lcopt.report.styles import PALETTE

_TITLE_SIZE, _LABEL_SIZE = 1100, 800  # hundredths of a point
_Symbol = Literal["circle", "square", "diamond", "triangle", "x", "star", "plus", "dash"]
_SYMBOLS: tuple[_Symbol, ...] = ("circle", "square", "diamond", "triangle", "x", "star", "plus", "dash")
_FLAT = 1e3  # values closer than their thousandth are drawn as equal


def draw(chart: Chart) -> BarChart | LineChart | ScatterChart:
    """The openpyxl chart of a description: points, or bars (stacked where there are several series) with lines."""
    if any(series.places for series in chart.series):
        return _points(chart)
    if all(series.line for series in chart.series):
        return _lines_alone(chart)
    bars = BarChart()
    bars.type = "bar" if chart.horizontal else "col"
    stacked = len(chart.series) > 1 and not chart.side_by_side and not chart.overlapped
    bars.grouping = "stacked" if stacked else "clustered"
    bars.overlap = 100 if stacked or chart.overlapped else None
    bars.gapWidth = 50
    lines = LineChart()
    for index, series in enumerate(chart.series):
        drawn = _series(index, series, chart)
        (lines if series.line else bars).series.append(drawn)
    _axes(bars, chart)
    if lines.series:
        bars += lines
    bars.title = _title(chart.title, _TITLE_SIZE, bold=True)
    bars.width, bars.height = chart.width_cm, chart.height_cm  # type: ignore[assignment]  # the stubs say int
    _legend(bars, chart)
    return bars


def _lines_alone(chart: Chart) -> LineChart:
    """Lines without bars, each in a color of its own."""
    lines = LineChart()
    for index, series in enumerate(chart.series):
        drawn = _series(index, series, chart)
        drawn.graphicalProperties.line.solidFill = PALETTE[index % len(PALETTE)]
        lines.series.append(drawn)
    like_bars = cast("BarChart", lines)  # the stubs know less of a line chart
    _axes(like_bars, chart)
    lines.y_axis.scaling.min, lines.y_axis.scaling.max = chart.least, chart.most
    lines.title = _title(chart.title, _TITLE_SIZE, bold=True)
    lines.width, lines.height = chart.width_cm, chart.height_cm  # type: ignore[assignment]  # the stubs say int
    _legend(like_bars, chart)
    return lines


def _points(chart: Chart) -> ScatterChart:
    """Points of each series in a color of its own, joined where the series is a line."""
    points = ScatterChart()
    points.style, points.scatterStyle = None, "lineMarker"
    for index, series in enumerate(chart.series):
        points.series.append(_point_series(index, series))
    like_bars = cast("BarChart", points)
    _axes(like_bars, chart)
    points.x_axis.number_format = "#,##0"
    points.x_axis.numFmt.sourceLinked = False
    points.x_axis.title = _title(chart.place_title, _LABEL_SIZE, bold=False)
    points.y_axis.scaling.min, points.y_axis.scaling.max = chart.least, chart.most
    places = [value for series in chart.series if series.places for value in series.places.values]
    points.x_axis.scaling.min, points.x_axis.scaling.max = round_ends(places)
    points.title = _title(chart.title, _TITLE_SIZE, bold=True)
    points.width, points.height = chart.width_cm, chart.height_cm  # type: ignore[assignment]  # the stubs say int
    _legend(like_bars, chart)
    return points


def _point_series(index: int, series: Series) -> ExcelSeries:
    color = series.color or PALETTE[index % len(PALETTE)]
    places = cast("Range", series.places)
    drawn = ExcelSeries(
        idx=index,
        order=index,
        tx=SeriesLabel(strRef=StrRef(f=series.name.full_address, strCache=_text_cache([series.name]))),
        xVal=AxDataSource(numRef=NumRef(f=places.full_address, numCache=_number_cache(places))),
        yVal=NumDataSource(numRef=NumRef(f=series.values.full_address, numCache=_number_cache(series.values))),
    )
    drawn.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=color, w=12700))
    drawn.graphicalProperties.line.noFill = None if series.line else True
    drawn.graphicalProperties.line.solidFill = color if series.line else None
    drawn.smooth = False
    drawn.marker = Marker(size=7)
    drawn.marker.symbol = "none" if series.line else _SYMBOLS[index % len(_SYMBOLS)]
    drawn.marker.graphicalProperties = GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=color))
    return drawn


def round_ends(values: list[float]) -> tuple[float, float]:
    """Round numbers just beyond the least and the largest of some values, for the ends of an axis."""
    low, high = min(values), max(values)
    step = 10.0 ** math.floor(math.log10(max(high - low, abs(high) / _FLAT, 1e-9)))
    return math.floor(low / step) * step, math.ceil(high / step) * step or step


def _legend(bars: BarChart, chart: Chart) -> None:
    unlisted = [index for index, series in enumerate(chart.series) if series.hidden or series.unlisted]
    if unlisted:
        bars.legend.legendEntry = [LegendEntry(idx=index, delete=True) for index in unlisted]
    if len(chart.series) == 1:
        bars.legend = None
        bars.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
        )
        bars.dataLabels.numFmt = chart.number_format
        bars.dataLabels.txPr = _small_text()
        return
    bars.legend.position = "b"
    bars.legend.txPr = _small_text()


def _axes(bars: BarChart, chart: Chart) -> None:
    bars.x_axis.delete = bars.y_axis.delete = False
    bars.x_axis.tickLblPos = "low"
    bars.x_axis.tickLblSkip = 1
    bars.x_axis.majorGridlines = None
    bars.y_axis.number_format = chart.number_format
    bars.y_axis.numFmt.sourceLinked = False
    bars.y_axis.title = _title(chart.value_title, _LABEL_SIZE, bold=False)
    bars.x_axis.txPr = bars.y_axis.txPr = _small_text()
    bars.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="D5D9E0", w=6350)))
    if chart.horizontal:
        bars.x_axis.scaling.orientation = "maxMin"
        bars.y_axis.crosses = "max"


def _series(index: int, series: Series, chart: Chart) -> ExcelSeries:
    color = series.color or PALETTE[index % len(PALETTE)]
    drawn = ExcelSeries(
        idx=index,
        order=index,
        tx=SeriesLabel(strRef=StrRef(f=series.name.full_address, strCache=_text_cache([series.name]))),
        cat=_categories(chart.categories),
        val=NumDataSource(numRef=NumRef(f=series.values.full_address, numCache=_number_cache(series.values))),
    )
    if series.line:
        drawn.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="1F2A44", w=22225))
        drawn.graphicalProperties.line.dashStyle = "dash" if series.dashed else None
        drawn.smooth = False
        drawn.marker = Marker(symbol="none")
    else:
        drawn.graphicalProperties = GraphicalProperties(solidFill=None if series.hidden else color)
        drawn.graphicalProperties.noFill = True if series.hidden else None
        drawn.graphicalProperties.line.noFill = True
        drawn.invertIfNegative = False
    return drawn


def _categories(categories: Range) -> AxDataSource:
    cells = categories.cells
    if all(isinstance(cell.value, str) for cell in cells):
        return AxDataSource(strRef=StrRef(f=categories.full_address, strCache=_text_cache(cells)))
    return AxDataSource(numRef=NumRef(f=categories.full_address, numCache=_number_cache(categories)))


def _text_cache(cells: list[Cell]) -> StrData:
    return StrData(ptCount=len(cells), pt=[StrVal(idx=index, v=str(cell.value)) for index, cell in enumerate(cells)])


def _number_cache(cells: Range) -> NumData:
    points = [NumVal(idx=index, v=repr(value)) for index, value in enumerate(cells.values)]
    return NumData(formatCode="General", ptCount=len(points), pt=points)


def _title(text: str, size: int, *, bold: bool) -> Title:
    properties = CharacterProperties(sz=size, b=bold, solidFill="1F2A44")
    run = RegularTextRun(rPr=properties, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=properties), r=[run])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _small_text() -> RichText:
    properties = CharacterProperties(sz=_LABEL_SIZE, solidFill="374151")
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
