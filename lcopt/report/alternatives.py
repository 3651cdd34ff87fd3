"""Sheet Alternatives: chosen design, next best, best of each chemistry, one column each, re-costed live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from lcopt.design_names import NO_HEATER
from lcopt.report import sheets
from lcopt.report.alternative_lives import AlternativeLives
from lcopt.report.conversion import add_chain, needs_cells, needs_energy, other_items_usd, packs_per_yr
from lcopt.report.design_columns import DesignColumns
from lcopt.report.expressions import Expression, Range, lift, link
from lcopt.report.formulas import at_least, count_below, smallest, sum_of_products, when
from lcopt.report.input_rows import PARTS_FACTOR, design_family
from lcopt.report.ledger import SERIES_COLUMN, Ledger, Lines
from lcopt.report.limits import INPUT_OF, MET, MISSED
from lcopt.report.sheets import Mark, Sheet
from lcopt.report.styles import COUNT, COUNT_IF_ANY, MONEY, NUMBER, QUANTITY, SHARE, UNIT_COST
from lcopt.report.tables import AT_MOST, BillItem, Design, LimitRow, PackTables
from lcopt.report.words import bought, fact_in_words, label
from lcopt.units import unit_of_name

HEADS = (("Key", 42.0), ("Quantity", 42.0), ("Unit", 11.0), ("Live input", 12.0), ("Note", 8.0), ("", 2.0))
DESIGN_WIDTH = 15.5
REASON_HEIGHT = 70.0
HEAD_HEIGHT = 42.0
WORDS_HEIGHT = 28.0
SUMMARY_ROWS = 10
# Costs closer than this share a rank: two spreadsheet programs may differ in the last digit.
TIE_USD = 0.01
ROUNDING = 1e-6

FACTS = (
    "chemistry",
    "technology_class",
    "format",
    "architecture",
    "cooling",
    "heater",
    "areal_capacity_mah_per_cm2",
    "cell_capacity_ah",
    "cells_in_series_count",
    "cells_in_parallel_count",
    "cells_per_module_count",
    "modules_in_row_count",
    "rows_of_modules_count",
    "tiers_count",
    "is_lying",
    "barrier_thickness_mm",
    "propagation_margin_k",
    "charging_time_min",
    "cold_charging_time_min",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
    "pack_mass_kg",
    "pack_volume_l",
    "pack_power_kw",
    "cell_cost_usd_per_kwh",
    "break_even_cell_cost_usd_per_kwh",
)
# What a fact is where it is not worth a row unless a design differs.
USUAL = {
    "cells_per_module_count": 0,
    "modules_in_row_count": 0,
    "rows_of_modules_count": 0,
    "heater": NO_HEATER,
    "tiers_count": 1,
    "is_lying": 0,
    "barrier_thickness_mm": 0,
}
COLD_FACTS = ("cold_charging_time_min",)
LABELS = {
    "heater": "Battery heater",
    "tiers_count": "Tiers of cells",
    "is_lying": "Cells lie on their large face",
    "propagation_margin_k": "Margin to propagation",
    "cell_cost_usd_per_kwh": "Cells cost",
    "break_even_cell_cost_usd_per_kwh": "It would win with cells of",
}


def add_alternatives(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for a pack; the chosen design stands in the first column of designs."""
    purpose = "Every design re-costed from the live inputs; violet rows are the solver's."
    sheet = ledger.sheet("Alternatives", pack, "Alternatives", purpose, "calculation", series=True)
    sheet.header(HEADS)
    sheet.cell(sheet.header_row, 4).look = "head_number"
    sheet.heights[sheet.header_row] = HEAD_HEIGHT
    columns = range(SERIES_COLUMN, SERIES_COLUMN + len(pack.designs))
    for column, design in zip(columns, pack.designs, strict=True):
        sheet.put(sheet.header_row, column, f"{design.rank}: {design.role}", "head_number")
        sheet.widths[column] = DESIGN_WIDTH
    lines = Lines(sheet, sheets.FIRST_ROW + SUMMARY_ROWS, columns)
    ledger.alternatives[pack.index] = lines
    body = _Body(ledger, pack, lines)
    body.write()
    AlternativeLives(ledger, pack, lines).write()
    body.write_summary(sheets.FIRST_ROW)
    return sheet


class _Body(DesignColumns):
    """The rows above the lifecycle: designs, materials, plant, and the summary on top."""

    def write(self) -> None:
        self._facts()
        self._limits()
        self._materials()
        self._plant()

    def _facts(self) -> None:
        self.lines.block("Designs")
        for key in FACTS:
            if key in COLD_FACTS and not self.pack.asks_cold:
                continue
            values = [design.facts.get(key, USUAL.get(key)) for design in self.pack.designs]
            if any(value != USUAL.get(key) for value in values):
                self._fact(key, values)

    def _fact(self, key: str, values: Sequence[Any]) -> None:
        unit, words = unit_of_name(key) or "", LABELS.get(key) or label(key)
        if isinstance(values[0], str):
            self.lines.add(key, words, "-", series=partial(self._word, key), look="solver_text")
            if max(len(fact_in_words(key, design.facts)) for design in self.pack.designs) > DESIGN_WIDTH:
                self.lines.sheet.heights[self.lines.row - 1] = WORDS_HEIGHT
        elif key == "is_lying":
            self.lines.add(key, words, "-", series=self._lying, look="solver_text")
        elif unit == "count":
            self.solved(key, words, unit, partial(_count, key), COUNT_IF_ANY)
        else:
            shown = NUMBER if max(abs(value) for value in values) > 100.0 else QUANTITY
            self.solved(key, words, unit, partial(_amount, key), shown)

    def _limits(self) -> None:
        """Room left to every limit of the scenario, from the live limits."""
        self.lines.block("Room left to the limits of the scenario; live limit in column D")
        for limit in self.pack.limits:
            key = f"{INPUT_OF.get(limit.key, '')}{self.pack.suffix}"
            if key not in self.ledger.inputs:
                continue
            self.lines.add(
                f"room_{limit.key}",
                f"{label(limit.key)}, {'at most' if limit.sense == AT_MOST else 'at least'}",
                limit.unit,
                link(self.ledger.inputs[key]),
                partial(self._room, limit),
                number_format=QUANTITY,
                constant_look="link",
            )

    def _room(self, limit: LimitRow, column: int) -> Expression:
        bound, value = self.one(f"room_{limit.key}"), self.at(limit.key, column)
        return bound - value if limit.sense == AT_MOST else value - bound

    def _state(self, column: int) -> Expression:
        rows = [row for key, row in self.lines.at.items() if key.startswith("room_")]
        least = smallest(self.lines.sheet.down(column, min(rows), max(rows))) if rows else lift(0)
        return when(at_least(least, 0 - self.one("state")), MET, MISSED)

    def _word(self, key: str, column: int) -> str:
        return fact_in_words(key, self.design_at[column].facts)

    def _lying(self, column: int) -> str:
        return "yes" if self.design_at[column].facts["is_lying"] else "-"

    def _materials(self) -> None:
        self.lines.block("Bought per pack: quantity x relative price of the design; live price in column D")
        first = self.lines.row
        apart = needs_cells(self.ledger.plant)
        if apart:
            self._bought_rows("cell_", lambda item: item.level == "cell")
        last_of_cells = self.lines.row - 1
        self._bought_rows("", lambda item: not (apart and item.level == "cell"))
        last = self.lines.row - 1
        if apart:
            words = "Materials and purchased items of cells"
            self._purchases("cell_materials", words, (first, last_of_cells), "calculation")
        self._purchases("materials", "Materials and purchased items", (first, last), "total")

    def _purchases(self, key: str, words: str, rows: tuple[int, int], look: str) -> None:
        sheet = self.lines.sheet
        prices = sheet.down(4, *rows)
        self.computed(key, words, "USD/pack", lambda c: sum_of_products(prices, sheet.down(c, *rows)), look=look)

    def _bought_rows(self, prefix: str, counts: Callable[[BillItem], bool]) -> None:
        by_column = {column: self._bought(design, counts) for column, design in self.design_at.items()}
        keys = list(dict.fromkeys(key for amounts in by_column.values() for key in amounts))
        for key in keys:
            known = self.ledger.priced.get(key)
            row = self.lines.add(
                f"bought_{prefix}{key}",
                bought(key, key),
                known[1].removeprefix("USD/") if known else "USD",
                link(self.ledger.inputs[key]),
                partial(_of_column, by_column, key),
                number_format=QUANTITY,
                look="solver",
                constant_look="link",
            )
            self.lines.sheet.cell(row, 4).number_format = UNIT_COST

    def _bought(self, design: Design, counts: Callable[[BillItem], bool]) -> dict[str, float]:
        amounts: dict[str, float] = {}
        for item in sorted(filter(counts, design.bill), key=lambda item: -item.cost_usd):
            key = self.ledger.price_key(item)
            amounts[key] = amounts.get(key, 0.0) + item.quantity * self.ledger.relative_price(item)
        return amounts

    def _plant(self) -> None:
        self.lines.block("Plant and price")
        self.solved("labor_h", "Labor of all steps", "h/yr", lambda d: sum(s.labor_h_per_yr for s in d.steps), COUNT)
        self.solved("capital_usd", "Capital of all steps", "USD", lambda d: sum(s.capital_usd for s in d.steps), COUNT)
        self.solved("area_m2", "Area of all steps", "m2", lambda d: sum(s.area_m2 for s in d.steps), COUNT)
        words = "Packs that the plant makes"
        self.solved("packs_per_yr", words, "1/yr", lambda d: packs_per_yr(self.ledger, d), COUNT)
        words = "Other items at catalog prices"
        self.solved("other_solved", words, "USD/pack", lambda d: other_items_usd(self.ledger, d), MONEY)
        factor = self.rate(PARTS_FACTOR)
        self.computed("other_items", "Other items", "USD/pack", lambda c: self.at("other_solved", c) * factor)
        if needs_energy(self.ledger.plant):
            self.solved("energy_kwh", "Nameplate energy", "kWh", partial(_amount, "pack_energy_kwh"), MONEY)
        families = {column: design_family(self.ledger.tables, design) for column, design in self.design_at.items()}
        add_chain(self.ledger, self.lines, families)

    def write_summary(self, row: int) -> None:
        """The rows on top, which refer to those below."""
        self.lines.row = row
        self.lines.block("Ranking by lifecycle cost of one pack")
        self.computed("summary", "Lifecycle cost, live", "USD", lambda c: link(self.at("lcc", c)), MONEY, "total")
        self.solved("solved", "Lifecycle cost as solved", "USD", lambda d: d.lifecycle_cost_usd, MONEY)
        self._ranks()
        self._differences()
        self._offer()

    def _ranks(self) -> None:
        self.lines.add("tie", "Closer than this is the same rank", "USD", TIE_USD, number_format="0.00", look="record")
        live = Range(*self.lines.first_to_last("summary"), fixed=True)
        self.computed(
            "rank",
            "Rank, live",
            "1",
            lambda c: 1 + count_below(live, self.at("summary", c) - self.one("tie")),
            "0",
        )
        costs = [design.lifecycle_cost_usd for design in self.pack.designs]
        self.solved(
            "rank_solved",
            "Rank as solved",
            "1",
            lambda d: 1 + sum(cost < d.lifecycle_cost_usd - TIE_USD for cost in costs),
            "0",
        )
        self.lines.sheet.marks.append(Mark(self.row("rank"), "1", "good"))

    def _differences(self) -> None:
        self.lines.add(
            "dearer",
            "Dearer than the chosen design (in column D)",
            "USD",
            link(self.at("summary", self.lines.columns[0])),
            lambda c: self.at("summary", c) - self.one("dearer"),
            number_format=MONEY,
        )
        label = "the same as a share"
        self.computed("dearer_frac", label, "1", lambda c: self.at("dearer", c) / self.one("dearer"), SHARE)
        self.lines.add(
            "state",
            "Limits of the scenario, live (rounding in column D)",
            "-",
            ROUNDING,
            self._state,
            look="word",
            constant_look="record",
        )
        self.lines.sheet.heights[self.lines.row] = REASON_HEIGHT
        self.lines.add("reason", "Why not", "-", series=lambda c: self.design_at[c].reason or "-", look="solver_text")
        self.lines.sheet.marks.append(Mark(self.row("state"), MISSED, "bad"))

    def _offer(self) -> None:
        """What cover and checks show."""
        first, keep = self.lines.columns[0], self.ledger.keep
        keep(self.pack, "rank_chosen", self.at("rank", first))
        keep(self.pack, "rank_solved", self.at("rank_solved", first))
        keep(self.pack, "lcc_alternative", self.at("summary", first))
        keep(self.pack, "price_alternative", self.at("price", first))
        for name, column in (("next", self._next_best()), ("rival", self._rival())):
            if column is not None:
                keep(self.pack, f"{name}_usd", self.at("dearer", column))
                keep(self.pack, f"{name}_frac", self.at("dearer_frac", column))
        self.ledger.ranges[self.pack.index, "lcc_live"] = self.row("summary")
        self.ledger.ranges[self.pack.index, "lcc_solved"] = self.row("solved")

    def _next_best(self) -> int | None:
        return self.lines.columns[1] if len(self.pack.designs) > 1 else None

    def _rival(self) -> int | None:
        rival = self.pack.rival
        return next((column for column, design in self.design_at.items() if design is rival), None)


def _count(key: str, design: Design) -> int:
    return int(design.facts[key])


def _amount(key: str, design: Design) -> float:
    return float(design.facts[key])


def _of_column(amounts: Mapping[int, Mapping[str, float]], key: str, column: int) -> float:
    return amounts[column].get(key, 0.0)
