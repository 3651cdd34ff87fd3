"""Sheet Cover: the answer, its proof, why, what it costs, and the way around the book."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from lcopt.design_names import FORMAT_NAMES, HEATER_NAMES, RULE_NAMES, capitalized, design_in_words, pack_in_words
from lcopt.inputs.currencies import HOME
from lcopt.inputs.words import POOLED
from lcopt.report import sheets
from lcopt.report.cover_fleet import write_fleet, write_fleet_limits
from lcopt.report.cover_index import CHART_ROWS, FEW_PACKS, right_column
from lcopt.report.cover_lines import FIRST_PACK, CoverLines
from lcopt.report.cover_words import pack_words, write_words
from lcopt.report.expressions import Cell, link
from lcopt.report.formulas import at_most, magnitude, total, when
from lcopt.report.ledger import Ledger
from lcopt.report.life_words import ENDLESS
from lcopt.report.ownership_words import MODEL_NAMES, conventions
from lcopt.report.records import STOPPED
from lcopt.report.sentences import TIE_FRAC
from lcopt.report.sheets import Chart, Mark, Series, Sheet
from lcopt.report.styles import COUNT, GAP, MONEY, NUMBER, SHARE, UNIT_COST, WHOLE_MONEY

LABEL_WIDTH, UNIT_WIDTH, PACK_WIDTH, NARROW_PACK_WIDTH, GAP_WIDTH = 46.0, 15.0, 28.0, 16.0, 3.0
LINE_HEIGHT, LINE_SIGNS = 14.0, 0.9

# Key of a headline cell -> label, unit, number format.
HEADLINES = {
    "lcc": ("Lifecycle cost of a pack", "USD", WHOLE_MONEY),
    "per_km": ("Lifecycle cost per km", "USD/km", UNIT_COST),
    "user_per_km": ("The user pays", "USD/km", UNIT_COST),
    "per_kwh": ("Lifecycle cost per kWh used", "USD/kWh", UNIT_COST),
    "fee": ("Fee of the user", "USD/month", MONEY),
    "payback": ("Payback of the lessor", "month", NUMBER),
    "annuity": ("Equivalent annual cost", "USD/yr", WHOLE_MONEY),
    "price": ("Purchase price", "USD/pack", WHOLE_MONEY),
    "price_per_kwh": ("Purchase price per nameplate energy", "USD/kWh", MONEY),
    "energy": ("Pack energy", "kWh", NUMBER),
    "mass": ("Pack mass", "kg", NUMBER),
    "specific_energy": ("Specific energy", "Wh/kg", NUMBER),
    "energy_density": ("Energy density", "Wh/L", NUMBER),
    "least_slack": ("Least slack of a limit, relative", "1", SHARE),
    "next_usd": ("Next best design is dearer by", "USD", WHOLE_MONEY),
    "next_frac": ("the same as a share", "1", "0.00%"),
    "rival_frac": ("Best of another chemistry is dearer by", "1", "0.00%"),
    "rank_chosen": ("Rank of the chosen design, live", "1", "0"),
}
# Why the price of a pack is what it is: the words of `portfolio.volumes`.
VOLUMES_IN_WORDS = {
    "as_sized": "Cells and packs are costed at the plant size of the scenario, the same for all.",
    POOLED: "Prices of packs are those at the plant size of the scenario; pooled volumes are a line of the fleet.",
}


def add_cover(ledger: Ledger) -> Sheet:
    """The first sheet; every other one stands already."""
    scenario = ledger.tables.scenario
    finance = scenario.finance
    purpose = f"{scenario.question or 'Lifecycle cost of battery packs'}   Money: {HOME} of {finance.price_year}"
    purpose += "." if finance.currency == HOME else f", totals also in {finance.currency}."
    sheet = Sheet("Cover", f"lcopt: {scenario.name}", purpose, "output")
    sheet.repeats_head = False
    ledger.book.sheets.insert(0, sheet)
    ledger.framed(sheet)
    _Cover(ledger, sheet, sheets.FIRST_ROW).write()
    return sheet


class _Cover(CoverLines):
    """The blocks of the cover in their order."""

    def write(self) -> None:
        packs = self.ledger.tables.packs
        heads = [("Chosen design", LABEL_WIDTH), ("Unit", UNIT_WIDTH)]
        width = NARROW_PACK_WIDTH if self.is_wide else PACK_WIDTH
        self.sheet.header([*heads, *((pack.pack.name, width) for pack in packs)])
        self.sheet.widths[FIRST_PACK + len(packs)] = GAP_WIDTH
        for pack in packs:
            self.sheet.cell(self.sheet.header_row, self.column(pack)).look = "head_number"
        self._headlines()
        self._components()
        self._words()
        write_fleet(self)
        write_fleet_limits(self)
        self._proof()
        self._conventions()

    @property
    def is_wide(self) -> bool:
        """Whether there are too many packs for charts beside them and for their sentences."""
        return len(self.ledger.tables.packs) > FEW_PACKS

    def _headlines(self) -> None:
        packs = self.ledger.tables.packs
        facts = [pack.chosen.facts for pack in packs]
        self._facts("Chemistry", "-", [str(fact["chemistry"]) for fact in facts])
        self._facts("Cell format", "-", [capitalized(FORMAT_NAMES[fact["format"]]) for fact in facts])
        self._facts("Pack and its cooling", "-", [capitalized(pack_in_words(fact)) for fact in facts])
        self._facts("Cell platform", "-", [str(fact["platform"]) for fact in facts])
        counts = [f"{fact['cells_in_series_count']} x {fact['cells_in_parallel_count']}" for fact in facts]
        self._facts("Cells in series x parallel", "-", counts)
        self._facts("Charging time of the window", "min", [float(fact["charging_time_min"]) for fact in facts])
        self._cold_and_life()
        self._facts("Business model", "-", [capitalized(MODEL_NAMES[self.ledger.tables.business.model])] * len(packs))
        rules = [capitalized(RULE_NAMES[pack.pack.limits.safety]) for pack in packs]
        self._facts("Safety rule of the scenario", "-", rules)
        self._facts("Barrier between cells", "mm", [float(fact["barrier_thickness_mm"]) for fact in facts])
        self._facts("Margin to propagation", "K", [float(fact["propagation_margin_k"]) for fact in facts])
        for key in HEADLINES:
            self._headline(key)
            if key == "lcc":
                costs = {self.column(pack): self.ledger.of(pack, key) for pack in self.ledger.tables.packs}
                self.in_own_currency(HEADLINES[key][0], costs)
        self._tie()

    def _cold_and_life(self) -> None:
        packs = self.ledger.tables.packs
        if any(pack.asks_cold for pack in packs):
            stops = [float(p.chosen.facts["cold_charging_time_min"]) if p.asks_cold else "-" for p in packs]
            self._facts("Time of a stop with a cold pack", "min", stops)
            heaters = [capitalized(HEATER_NAMES[pack.chosen.facts["heater"]]) for pack in packs]
            self._facts("Battery heater", "-", heaters)
        lives = [float(pack.lasting["life_yr"]) for pack in packs]
        self._facts("Pack life to its threshold", "yr", [life if math.isfinite(life) else ENDLESS for life in lives])

    def _facts(self, label: str, unit: str, values: Sequence[str | float]) -> None:
        row = self.line(label, unit)
        for column, value in enumerate(values, start=FIRST_PACK):
            look = "solver_text" if isinstance(value, str) else "solver"
            self.sheet.put(row, column, value, look, NUMBER)
        words = [len(value) for value in values if isinstance(value, str)]
        lines = math.ceil(max(words, default=1) / (self.sheet.widths[FIRST_PACK] * LINE_SIGNS))
        if lines > 1:
            self.sheet.heights[row] = lines * LINE_HEIGHT

    def _headline(self, key: str) -> None:
        label, unit, shown = HEADLINES[key]
        packs = [pack for pack in self.ledger.tables.packs if (pack.index, key) in self.ledger.cells]
        row = self.line(label, unit) if packs else 0
        for pack in packs:
            look = "headline" if key == "lcc" else "link"
            self.sheet.put(row, self.column(pack), link(self.ledger.of(pack, key)), look, shown)

    def _tie(self) -> None:
        row = self.line("Closer than this share is a tie", "1")
        limit = self.sheet.put(row, FIRST_PACK, TIE_FRAC, "record", SHARE)
        row = self.line("First against second", "-")
        for pack in self.ledger.tables.packs:
            if (pack.index, "next_frac") in self.ledger.cells:
                gap = magnitude(self.ledger.of(pack, "next_frac"))
                self.sheet.put(row, self.column(pack), when(at_most(gap, limit), "TIE", "clear"), "word")
        every = self.sheet.across(row, FIRST_PACK, FIRST_PACK + len(self.ledger.tables.packs) - 1)
        self.sheet.marks.append(Mark(every, "TIE", "changed"))

    def _components(self) -> None:
        packs = self.ledger.tables.packs
        self.block("Lifecycle cost of a pack by component, present value")
        first = self.row
        for component, label in self.ledger.tables.components.items():
            row = self.line(label, "USD")
            for pack in packs:
                value = link(self.ledger.of(pack, f"pv_{component}"))
                self.sheet.put(row, self.column(pack), value, "link", WHOLE_MONEY)
        last = self.row - 1
        row = self.line("Lifecycle cost of a pack", "USD", "total_text")
        for pack in packs:
            column = self.column(pack)
            self.sheet.put(row, column, total(self.sheet.down(column, first, last)), "total", WHOLE_MONEY)
        series = tuple(
            Series(
                self.sheet.cell(self.sheet.header_row, self.column(pack)),
                self.sheet.down(self.column(pack), first, last),
            )
            for pack in packs
        )
        chart = Chart(
            anchor=f"{get_column_letter(right_column(self.ledger))}{self.sheet.header_row}",
            title="Lifecycle cost of a pack by component",
            categories=self.sheet.down(1, first, last),
            series=series,
            value_title="USD, present value",
            number_format="#,##0",
            horizontal=True,
            side_by_side=True,
            width_cm=17.0,
            height_cm=10.0,
        )
        if self.is_wide:
            return
        self.sheet.charts.append(chart)
        waterfall = self.ledger.waterfalls.get(0)
        if waterfall is not None and len(packs) == 1:
            anchor = f"{get_column_letter(right_column(self.ledger))}{self.sheet.header_row + CHART_ROWS}"
            self.sheet.charts.append(replace(waterfall, anchor=anchor, width_cm=17.0, height_cm=10.0))

    def _proof(self) -> None:
        result = self.ledger.tables.result
        if not self.ledger.tables.is_proven:
            self.block("No proof: the designs were priced again, not chosen again")
            return
        if result.status == STOPPED:
            self.block("STOPPED before the proof: another choice may be cheaper, by the gap at most")
        else:
            self.block("Proof that nothing in the catalog is cheaper")
        self._proven("Lifecycle cost of the portfolio as solved", "USD", float(result.lifecycle_cost_usd), WHOLE_MONEY)
        self._proven("Lower bound of the solver", "USD", float(result.lower_bound_usd), WHOLE_MONEY)
        self.ledger.shared["gap"] = self._proven("Optimality gap", "1", float(result.gap_frac), GAP)
        self._proven("Gap demanded", "1", float(result.scenario.portfolio.gap_max_frac), GAP)
        self._proven("Rounds of the solver, 0 where bounds alone prove", "count", int(result.rounds_count), COUNT)
        self._proven("Candidates looked at", "count", int(result.candidates_count), COUNT)
        self._proven("Candidates within all limits", "count", int(result.feasible_count), COUNT)

    def _proven(self, label: str, unit: str, value: float, shown: str) -> Cell:
        return self.sheet.put(self.line(label, unit), FIRST_PACK, value, "solver", shown)

    def _words(self) -> None:
        """Sentences: those of a pack here where there are few packs, else on its sheet Costs."""
        tables = self.ledger.tables
        self.sheet.breaks.append(self.row)
        if self.is_wide:
            self.block("Why, as solved: one line a pack, more on its sheet Costs")
            lines = [f"{pack.pack.name}: {design_in_words(pack.chosen.facts)}." for pack in tables.packs]
            self.row = write_words(self.sheet, self.row, lines)
        for pack in () if self.is_wide else tables.packs:
            for heading, sentences in pack_words(self.ledger, pack):
                self.block(f"{heading}, as solved" if not pack.suffix else f"{pack.pack.name}: {heading.lower()}")
                self.row = write_words(self.sheet, self.row, sentences)
        warnings = [f"Warning: {warning}" for warning in tables.result.warnings]
        self.block("Read this too")
        self.row = write_words(self.sheet, self.row, [*warnings, VOLUMES_IN_WORDS[tables.scenario.portfolio.volumes]])

    def _conventions(self) -> None:
        """What finance checks first, a line each."""
        tables = self.ledger.tables
        self.block("Conventions of the money")
        for clause in conventions(tables.scenario, tables.business.model):
            self.sheet.put(self.row, 1, f"{capitalized(clause)}.")
            self.row += 1
