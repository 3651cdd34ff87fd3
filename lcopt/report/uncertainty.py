"""Sheet Uncertainty: how sure the answer is, where the scenario has a block `uncertainty`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

from lcopt.report import sheets
from lcopt.report.charts import round_ends
from lcopt.report.expressions import Value
from lcopt.report.ledger import Ledger
from lcopt.report.records import records_of
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import MAP_LOOKS, SHARE
from lcopt.report.uncertainty_words import (
    IMPORTANCE_COLUMNS,
    IMPORTANCE_HEADING,
    answer_lines,
    asked_sensitivity,
    field_and_unit,
    field_words,
    importance_rows,
    switches_heading,
)
from lcopt.uncertainty.study import Sensitivity
from lcopt.uncertainty.switching import CHEMISTRY
from lcopt.uncertainty.told import MISSES, percent, source_words
from lcopt.units import USD_PER_MUSD

PURPOSE = (
    "Answers of the solver for the inputs as solved: who wins how often at samples of the uncertain prices, what may "
    "be regretted, from which value another cell wins; a changed input needs a new run."
)
LABEL, WORD, FIRST_NUMBER = 1, 2, 3
COLUMNS_COUNT = 9
WORD_WIDTH, NUMBER_WIDTH = 62.0, 14.0
# Longer words stand on several lines of this height.
LETTERS_COUNT, LINE_HEIGHT = 62, 13.5
# Columns and rows of the map at most; the data frame has every point.
MAP_COUNTS = (COLUMNS_COUNT - 2, 11)
SHOWN_COUNT, CHART_ROWS = 12, 20
QUANTILES_COUNT = 20
MUSD, NUMBER = "#,##0.0;-#,##0.0", "General"
SIGNIFICANT = 5


def add_uncertainty(ledger: Ledger) -> None:
    """One sheet for all packs, where the scenario has a block `uncertainty` and the choice is proven."""
    found = asked_sensitivity(ledger.tables.result)
    if found is None:
        return
    sheet = ledger.sheet("Uncertainty", None, "How sure is it", PURPOSE, "output")
    heads = [("What", WORD_WIDTH), ("Which", WORD_WIDTH), *[("", NUMBER_WIDTH)] * (COLUMNS_COUNT - 2)]
    sheet.header(heads)
    _Uncertainty(sheet, found, sheets.FIRST_ROW).write()


@dataclass
class _Uncertainty:
    sheet: Sheet
    found: Sensitivity
    row: int

    def write(self) -> None:
        for sentence in answer_lines(self.found):
            self.sheet.put(self.row, LABEL, f"{sentence}.")
            self.row += 1
        self.row += 1
        self._probabilities()
        self._spread()
        self._next_page()
        self._cumulative()
        self._next_page()
        self._tornado()
        self._next_page()
        self._switches()
        self._map()
        self._robust()
        self._assumptions()
        self._importance()

    def _next_page(self) -> None:
        self.sheet.breaks.append(self.row - 1)

    def _block(self, word: str, heads: Sequence[str] = ()) -> None:
        self.sheet.block(self.row, word, COLUMNS_COUNT)
        self.row += 1
        for column, head in enumerate(heads, start=1):
            look = "head" if column == 1 else "head_next" if column == WORD else "head_number"
            self.sheet.put(self.row, column, head, look)
        self.row += bool(heads)

    def _line(self, label: str, word: str, numbers: Sequence[Value], formats: Sequence[str]) -> None:
        self._words(label, word)
        for column, (number, shape) in enumerate(zip(numbers, formats, strict=True), start=FIRST_NUMBER):
            self.sheet.put(self.row, column, number, "solver", shape)
        self.row += 1

    def _words(self, *words: str) -> None:
        """Words in the first columns, on as many lines as the longest needs."""
        lines = max(math.ceil(len(word) / LETTERS_COUNT) for word in words)
        for column, word in enumerate(words, start=LABEL):
            self.sheet.put(self.row, column, word, "text" if lines <= 1 else "lines")
        if lines > 1:
            self.sheet.heights[self.row] = lines * LINE_HEIGHT

    def _probabilities(self) -> None:
        self._block("Share of the samples that a chemistry, a cell is the best in", ("Cell", "Chemistry", "Share"))
        first = self.row
        chemistry_of = {}
        for row in records_of(self.found.probability_by_pack):
            chemistry_of[str(row["platform"])] = str(row["chemistry"])
        for platform, share in list(self.found.probability_best.items())[:SHOWN_COUNT]:
            self._line(platform, chemistry_of.get(platform, ""), [share], [SHARE])
        self._chart("Best in so many of the samples", first, ("Share of the samples",), (FIRST_NUMBER,), SHARE)
        chemistries = list(self.found.probability_best_by_chemistry.items())
        self._block("By chemistry", ("Chemistry", "", "Share"))
        for chemistry, share in chemistries[:SHOWN_COUNT]:
            self._line(chemistry, "", [share], [SHARE])
        self.row += 1

    def _chart(
        self, title: str, first: int, names: Sequence[str], columns: Sequence[int], shape: str, *, lines: bool = False
    ) -> None:
        """A chart of the rows from `first` on, below them; an axis of lines begins near the least value."""
        last = self.row - 1
        series = [
            Series(self.sheet.cell(first - 1, column), self.sheet.down(column, first, last), line=lines)
            for column in columns
        ]
        least, most = round_ends([value for one in series for value in one.values.values]) if lines else (None, None)
        chart = Chart(
            anchor=f"A{self.row + 1}",
            title=title,
            categories=self.sheet.down(LABEL, first, last),
            series=tuple(series),
            value_title=names[0] if len(names) == 1 else "MUSD",
            number_format=shape,
            horizontal=not lines,
            side_by_side=True,
            width_cm=26.0,
            height_cm=8.5,
            least=least,
            most=most,
        )
        self.sheet.charts.append(chart)
        self.row += CHART_ROWS

    def _spread(self) -> None:
        odds = self.found.odds
        heads = ("Lifecycle cost, MUSD", "", "Mean", "P10", "P50", "P90", "Most")
        self._block("What it may come to cost", heads)
        for label, spread in (
            ("Chosen design", odds.cost_usd),
            ("Best of every sample", odds.best_usd),
            ("Regret of the chosen design", odds.regret_usd),
        ):
            numbers = [spread.mean, spread.p10, spread.p50, spread.p90, spread.max]
            self._line(label, "", [number / USD_PER_MUSD for number in numbers], [MUSD] * len(numbers))
        worth = odds.perfect_information_usd / USD_PER_MUSD
        self._line("Worth of knowing the prices before the choice", "expected saving", [worth], [MUSD])
        self.row += 1

    def _cumulative(self) -> None:
        self._block("Cumulative: so many of the samples cost no more", ("Share of the samples", "", "Chosen", "Best"))
        first = self.row
        shares = np.linspace(0.0, 1.0, QUANTILES_COUNT + 1)
        columns = [np.quantile(self.found.samples[name], shares) / USD_PER_MUSD for name in ("chosen_usd", "best_usd")]
        for share, chosen, best in zip(shares.tolist(), *(column.tolist() for column in columns), strict=True):
            self.sheet.put(self.row, LABEL, f"{100 * share:.0f} %")
            for column, cost in ((FIRST_NUMBER, chosen), (FIRST_NUMBER + 1, best)):
                self.sheet.put(self.row, column, cost, "solver", MUSD)
            self.row += 1
        title = "Lifecycle cost that so many of the samples do not exceed, MUSD"
        self._chart(title, first, ("Chosen", "Best"), (FIRST_NUMBER, FIRST_NUMBER + 1), MUSD, lines=True)

    def _tornado(self) -> None:
        heads = ("Price or term", "Grade and source", "Low", "Now", "High", "As chosen", "Chosen anew", "Other winner")
        self._block("What moves the cost from low to high, MUSD: of the chosen design, and with a new choice", heads)
        rows = records_of(self.found.tornado)
        drawn = [math.isfinite(row["swing_usd"]) and math.isfinite(row["best_swing_usd"]) for row in rows]
        first = self.row
        for row in list(compress(rows, drawn))[:SHOWN_COUNT]:
            self._swing(row)
        title = "Change of the lifecycle cost from the low to the high end, MUSD"
        columns = (FIRST_NUMBER + 3, FIRST_NUMBER + 4)
        self._chart(title, first, ("As chosen", "Chosen anew"), columns, MUSD)
        for row, is_drawn in zip(rows, drawn, strict=True):
            if not is_drawn:
                self._swing(row)
        self.row += 1

    def _swing(self, row: dict[str, Any]) -> None:
        anew = {row["winner_at_low"], row["winner_at_high"]} != {self.found.platform}
        ends = [_rounded(row[key]) for key in ("low", "value", "high")]
        numbers = [*ends, _musd(row["swing_usd"]), _musd(row["best_swing_usd"]), "yes" if anew else "no"]
        label = field_and_unit(row["field"], row["unit"])
        self._line(label, source_words(row["kind"], row["source"]), numbers, (*[NUMBER] * 3, MUSD, MUSD, NUMBER))

    def _switches(self) -> None:
        heads = ("Price or term", "Next winner", "Now", "Switches at", "Side", "In its range", "Changes")
        self._block(switches_heading(self.found), heads)
        table = self.found.switching_values
        shown = table[table["within_range"].astype(bool) | (table["changes"] == CHEMISTRY)]
        for row in records_of(shown.sort_values("within_range", ascending=False, kind="stable")):
            inside = "yes" if row["within_range"] else "no"
            values: list[Value] = [_rounded(row["now"]), _rounded(row["value"])]
            numbers = [*values, str(row["side"]), inside, str(row["changes"])]
            label = field_and_unit(row["field"], row["unit"])
            self._line(label, str(row["next_winner"]), numbers, [NUMBER] * len(numbers))
        self.row += 1

    def _map(self) -> None:
        table = self.found.map
        if table.empty:
            return
        first = table.iloc[0]
        names = [field_and_unit(first[f"{axis}_field"], first[f"{axis}_unit"]) for axis in ("x", "y")]
        x, y = (thinned(table[f"{axis}_value"], count) for axis, count in zip("xy", MAP_COUNTS, strict=True))
        winners = list(table["platform"].value_counts().index)
        place = {(row["x_value"], row["y_value"]): winners.index(row["platform"]) for row in records_of(table)}
        self._block(f"The best cell over two fields: down {names[1]}, across {names[0]}; numbers and colors as below")
        for column, value in enumerate(x, start=FIRST_NUMBER):
            self.sheet.put(self.row, column, _rounded(value), "head_number", NUMBER)
        self.row += 1
        for down in reversed(y):
            self.sheet.put(self.row, WORD, _rounded(down), "solver", NUMBER)
            for column, across in enumerate(x, start=FIRST_NUMBER):
                number = place[across, down]
                self.sheet.put(self.row, column, number + 1, _map_look(number), "0")
            self.row += 1
        for number, winner in enumerate(winners):
            share = (table["platform"] == winner).mean()
            self._words(winner, f"{number + 1}: best at {percent(float(share))} of {len(table)} points")
            self.sheet.put(self.row, FIRST_NUMBER, number + 1, _map_look(number), "0")
            self.row += 1
        self.row += 1

    def _robust(self) -> None:
        heads = ("Aim", "Cell", "Expected", "CVaR", "Most regret")
        self._block("Robust choices, lifecycle cost in MUSD", heads)
        for row in records_of(self.found.robust):
            numbers = [_musd(row[key]) for key in ("expected_usd", "cvar_usd", "regret_max_usd")]
            self._line(str(row["aim"]), str(row["platform"]), numbers, [MUSD] * len(numbers))
        self.row += 1

    def _assumptions(self) -> None:
        heads = ("What the answer rests on", "Grade and source", "Moves the cost", "Decides", "Winner changes")
        self._block("What matters most, and how well it is known", heads)
        for row in records_of(self.found.assumptions.head(SHOWN_COUNT)):
            decides = row["decides_frac"] if math.isfinite(row["decides_frac"]) else ""
            swing = row["swing_frac"] if math.isfinite(row["swing_frac"]) else MISSES
            changes = "yes" if row["changes_winner"] else "no"
            source = row["citation"] or row["source"]
            label = row["kind"] if source == row["kind"] else f"{row['kind']}: {source}"
            self._line(field_words(row["field"]), label, [swing, decides, changes], [SHARE, SHARE, NUMBER])
        self.row += 1

    def _importance(self) -> None:
        rows = importance_rows(self.found)[:SHOWN_COUNT]
        if not rows:
            return
        self._block(IMPORTANCE_HEADING, ("Price", "Grade and source", *(head for _, _, head in IMPORTANCE_COLUMNS)))
        for row in rows:
            shares = [row[output, key] for output, key, _ in IMPORTANCE_COLUMNS]
            self._line(
                field_words(row["field"]), source_words(row["kind"], row["source"]), shares, [SHARE] * len(shares)
            )


def _musd(usd: float) -> Value:
    return usd / USD_PER_MUSD if math.isfinite(usd) else MISSES


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT}g}")


def thinned(values: Iterable[float], most: int) -> list[float]:
    """Every so many of the values in order, with the first and the last, `most` of them at most."""
    found = sorted(set(values))
    span = len(found) - 1
    step = next((step for step in range(1, span) if span % step == 0 and span // step < most), max(span, 1))
    return found[::step]


def _map_look(number: int) -> str:
    """Every frequent winner has a color of its own, the rest share the last."""
    return MAP_LOOKS[min(number, len(MAP_LOOKS) - 1)]
