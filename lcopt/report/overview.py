"""The workbook of many results: a row a design with its live differences to the first, costs, packs and settings."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lcopt.design_names import capitalized
from lcopt.inputs.excel.report_layout import DATA_DESIGNS
from lcopt.report import sheets
from lcopt.report.compared import Beside, Compared, asked_differently, designs_table, notes_on
from lcopt.report.comparison_frame import FAILED, LABELS, NUMBERS, OK, Frame
from lcopt.report.data_tables import add_table
from lcopt.report.expressions import Cell
from lcopt.report.formulas import at_most, count_of, magnitude, total, when
from lcopt.report.sheets import Book, Mark, Sheet
from lcopt.report.styles import SHARE, WHOLE_MONEY
from lcopt.report.tables import COMPONENTS
from lcopt.report.waterfall import HEADS as STEPS
from lcopt.report.waterfall import add_waterfall
from lcopt.report.words import fact_in_words, label
from lcopt.units import unit_of_name

COST = "lifecycle_cost_usd_per_pack"
WORDS = ("chemistry", "format")
SHOWN = (
    "levelized_usd_per_km",
    "purchase_price_usd_per_pack",
    "pack_mass_kg",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
    "charging_time_min",
    "pack_life_yr",
)
NAME_WIDTH, WORD_WIDTH, NUMBER_WIDTH, KEY_WIDTH = 30.0, 20.0, 12.0, 24.0
RESULT, PACK, FIRST_WORD = 1, 2, 3
FIRST_NUMBER = FIRST_WORD + len(WORDS)
MORE, SHARE_COLUMN = FIRST_NUMBER + 1, FIRST_NUMBER + 2
CHEAPER, DEARER = "not dearer", "dearer"
OF_COSTS = FIRST_WORD


def overview(results: Sequence[Compared]) -> Book:
    """The book of many results; differences are those to the first."""
    return _Overview(results).write()


class _Overview(Frame):
    def write(self) -> Book:
        costs = self._answers()
        self._costs(costs)
        self._portfolio()
        self._waterfall()
        self._settings()
        self.close()
        add_table(self.book, DATA_DESIGNS, *designs_table(self.designs))
        return self.book

    def _named(self, sheet: Sheet, row: int, one: Beside) -> None:
        sheet.put(row, RESULT, one.result.name)
        sheet.put(row, PACK, one.pack)

    def _answers(self) -> list[Cell]:
        """Sheet Compare; returns the costs."""
        shown = [key for key in SHOWN if all(key in one.design for one in self.designs)]
        heads = [("Result", NAME_WIDTH), ("Pack", WORD_WIDTH), *((label(key), WORD_WIDTH) for key in WORDS)]
        heads += [(f"{label(COST)} USD", NUMBER_WIDTH), ("Difference USD", NUMBER_WIDTH), ("Share", NUMBER_WIDTH)]
        heads += [(f"{LABELS.get(key) or label(key)} {unit_of_name(key)}", NUMBER_WIDTH) for key in shown]
        heads += [("Against the first", NUMBER_WIDTH), ("The full report: lcopt run", NAME_WIDTH)]
        title = f"{len(self.results)} results compared"
        sheet = self.sheet("Compare", title, self.lead, heads, FIRST_NUMBER)
        sheet.fit_height = False
        state, command = len(heads) - 1, len(heads)
        for column in (state, command):
            sheet.cell(sheet.header_row, column).look = "head_next"
        costs: dict[int, Cell] = {}
        for row, one in enumerate(self.designs, start=sheets.FIRST_ROW):
            self._named(sheet, row, one)
            for column, key in enumerate(WORDS, start=FIRST_WORD):
                sheet.put(row, column, fact_in_words(key, one.design), "solver_text")
            costs[id(one.design)] = cost = sheet.put(row, FIRST_NUMBER, one.cost_usd, "solver", WHOLE_MONEY)
            first = costs[id(one.first)]
            more = sheet.put(row, MORE, cost - first, "calculation", WHOLE_MONEY)
            sheet.put(row, SHARE_COLUMN, more / first, "calculation", SHARE)
            for column, key in enumerate(shown, start=SHARE_COLUMN + 1):
                _put_fact(sheet, row, column, one, key)
            sheet.put(row, state, when(at_most(more, 0), CHEAPER, DEARER), "word")
            sheet.put(row, command, one.result.source, "code")
        last = sheets.FIRST_ROW + len(self.designs) - 1
        states = sheet.down(state, sheets.FIRST_ROW, last)
        sheet.marks += [Mark(states, CHEAPER, "good"), Mark(states, DEARER, "bad")]
        for row, note in enumerate(notes_on(self.results), start=last + 2):
            sheet.put(row, RESULT, f"Mind: {note}.")
        return list(costs.values())

    def _costs(self, told: Sequence[Cell]) -> None:
        """Every component of every design, and whether they add up."""
        parts = self.components()
        heads = [("Result", NAME_WIDTH), ("Pack", WORD_WIDTH)]
        heads += [(f"{COMPONENTS[part]} USD", NUMBER_WIDTH) for part in parts]
        heads += [("Lifecycle cost USD", NUMBER_WIDTH), ("Adds up", NUMBER_WIDTH)]
        sheet = self.sheet("Costs", "Costs of a pack", "Present value by component, USD a pack.", heads)
        sheet.fit_height = False
        end = OF_COSTS + len(parts)
        for row, (one, cost) in enumerate(zip(self.designs, told, strict=True), start=sheets.FIRST_ROW):
            self._named(sheet, row, one)
            for column, part in enumerate(parts, start=OF_COSTS):
                sheet.put(row, column, float(one.costs_usd.get(part, 0.0)), "solver", WHOLE_MONEY)
            whole = sheet.put(row, end, total(sheet.across(row, OF_COSTS, end - 1)), "total", WHOLE_MONEY)
            sheet.put(row, end + 1, when(at_most(magnitude(whole - cost), 1), OK, FAILED), "word")
        states = sheet.down(end + 1, sheets.FIRST_ROW, sheets.FIRST_ROW + len(self.designs) - 1)
        sheet.marks += [Mark(states, OK, "good"), Mark(states, FAILED, "bad")]
        self.check("Components of every design add up to its lifecycle cost", count_of(states, FAILED), 0.0)

    def _portfolio(self) -> None:
        """All packs of each result, by component."""
        parts = self.totals()
        heads = [("Result", NAME_WIDTH), ("Source", WORD_WIDTH)]
        heads += [
            (f"{COMPONENTS.get(part) or capitalized(part.replace('_', ' '))} USD", NUMBER_WIDTH) for part in parts
        ]
        heads += [("All packs USD", NUMBER_WIDTH), ("Difference USD", NUMBER_WIDTH), ("Share", NUMBER_WIDTH)]
        sheet = self.sheet("Portfolio", "All packs", "Present value of all packs sold, with their cells.", heads)
        end = OF_COSTS + len(parts)
        sums: list[Cell] = []
        for row, result in enumerate(self.results, start=sheets.FIRST_ROW):
            sheet.put(row, RESULT, result.name)
            sheet.put(row, PACK, result.source, "code")
            for column, part in enumerate(parts, start=OF_COSTS):
                sheet.put(row, column, float(result.totals_usd.get(part, 0.0)), "solver", WHOLE_MONEY)
            sums.append(sheet.put(row, end, total(sheet.across(row, OF_COSTS, end - 1)), "total", WHOLE_MONEY))
            more = sheet.put(row, end + 1, sums[-1] - sums[0], "calculation", WHOLE_MONEY)
            sheet.put(row, end + 2, more / sums[0], "calculation", SHARE)
        every = sheet.down(end, sheets.FIRST_ROW, sheets.FIRST_ROW + len(sums) - 1)
        self.check("All portfolios together", total(every), sum(result.total_usd for result in self.results))

    def _waterfall(self) -> None:
        """From the first design to the cheapest of those that are held against it."""
        base = self.designs[0]
        others = [one for one in self.designs if one.first is base.design and one is not base]
        other = min(others, key=lambda one: one.cost_usd, default=base)
        costs = next(sheet for sheet in self.book.sheets if sheet.name == "Costs")
        sheet = self.framed(Sheet("Waterfall", "From the first to the cheapest", "What each component adds.", "output"))
        sheet.widths = dict.fromkeys(range(1, len(STEPS) + 1), NUMBER_WIDTH) | {1: NAME_WIDTH}
        sheet.repeats_head = False
        rows = [
            sheets.FIRST_ROW + next(n for n, one in enumerate(self.designs) if one is want) for want in (base, other)
        ]
        pairs = {
            COMPONENTS[part]: (costs.cell(rows[0], column), costs.cell(rows[1], column))
            for column, part in enumerate(self.components(), start=OF_COSTS)
        }
        names = base.head, other.head
        add_waterfall(sheet, sheets.HEADER_ROW, pairs, names, f"From {names[0]} to {names[1]}")

    def _settings(self) -> None:
        """What was asked differently: a row a result, since there are many."""
        differing = asked_differently(self.results)
        heads = [("Result", NAME_WIDTH), ("", 2.0), *((key, KEY_WIDTH) for key in differing)]
        purpose = "Values that are not the same in all." if differing else "Nothing: every setting is the same."
        sheet = self.sheet("Settings", "What was asked differently", purpose, heads, len(heads) + 1)
        for row, result in enumerate(self.results, start=sheets.FIRST_ROW):
            sheet.put(row, RESULT, result.name)
            for column, told in enumerate(differing.values(), start=FIRST_WORD):
                sheet.put(row, column, told[row - sheets.FIRST_ROW], "code")


def _put_fact(sheet: Sheet, row: int, column: int, one: Beside, key: str) -> None:
    value = one.design[key]
    if isinstance(value, int | float) and math.isfinite(value):
        sheet.put(row, column, float(value), "solver", NUMBERS[key])
    else:
        sheet.put(row, column, "-" if value is None else str(value), "solver_text")
