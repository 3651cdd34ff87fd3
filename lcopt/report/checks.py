"""Sheet Checks: the workbook against the result, against itself, and what a reader should know."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.report import sheets
from lcopt.report.conversion import COST_ROWS
from lcopt.report.digests import TOLERANCE_FRAC as SUM_TOLERANCE_FRAC
from lcopt.report.digests import digests
from lcopt.report.expressions import Cell, Expression, Range, link
from lcopt.report.formulas import (
    above,
    at_most,
    count_errors,
    count_filled,
    count_of,
    either,
    largest,
    magnitude,
    net_present_value,
    same,
    total,
    when,
)
from lcopt.report.inputs import OUTSIDE_WORD, WITHIN
from lcopt.report.ledger import Ledger
from lcopt.report.life import RUNNING
from lcopt.report.limits import ROUNDING_FRAC
from lcopt.report.ownership_words import MODEL_NAMES
from lcopt.report.records import STOPPED, records_of
from lcopt.report.sheets import Mark, Sheet
from lcopt.report.tables import COMPONENTS, PackTables

HEADS = (
    ("No.", 16.0),
    ("Check", 62.0),
    ("Pack", 18.0),
    ("Found", 18.0),
    ("Expected", 18.0),
    ("Relative difference", 14.0),
    ("Tolerance", 12.0),
    ("Unit", 10.0),
    ("State", 11.0),
    ("Kind", 9.0),
)
NUMBER, CHECK, PACK, FOUND, EXPECTED, DIFFERENCE, TOLERANCE, UNIT, STATE, KIND = range(1, len(HEADS) + 1)
OK, FAILED, ALERT = "OK", "FAILED", "ALERT"
TOLERANCE_FRAC = 1e-6
TIMING_ROW, FIRST_CHECK_ROW = sheets.FIRST_ROW + 2, sheets.FIRST_ROW + 4
# Key of a headline of sheet Lifecycle, check, column of the table of business models, unit.
PARTY_CHECKS = (
    ("fee", "Fee repeats the result", "fee_usd_per_month", "USD/month"),
    ("breakeven", "Fee at break-even repeats the result", "breakeven_fee_usd_per_month", "USD/month"),
    ("user_cost", "Cost of the user repeats the result", "user_cost_usd", "USD"),
    ("lessor_npv", "Net present value of the lessor repeats the result", "lessor_npv_usd", "USD"),
)
SHOWN, SMALL = "#,##0.0000", "0.0E+00"


def add_checks(ledger: Ledger) -> Sheet:
    """Fill the sheet and the two masters that every sheet shows."""
    sheet = ledger.checks
    sheet.purpose = (
        "Errors make 'CHECK FAILED' on every sheet; alerts say that the answer may be stale, not that it is wrong."
    )
    others = list(ledger.book.sheets)
    ledger.framed(ledger.book.add(sheet))
    sheet.header(HEADS)
    for column in (FOUND, EXPECTED, DIFFERENCE, TOLERANCE):
        sheet.cell(sheet.header_row, column).look = "head_number"
    sheet.put(sheets.FIRST_ROW, CHECK, "No check has failed", "total_text")
    sheet.put(sheets.FIRST_ROW + 1, CHECK, "No alert", "total_text")
    sheet.put(TIMING_ROW, CHECK, "Running payments before year end, factor")
    timing = (1 + ledger.input("discount_rate_frac")) ** ledger.input("flow_shift_yr")
    sheet.put(TIMING_ROW, FOUND, timing, "calculation", SHOWN)
    writer = _Checks(ledger, sheet, FIRST_CHECK_ROW)
    for pack in ledger.tables.packs:
        writer.pack_checks(pack)
    writer.book_checks(others)
    states = sheet.down(STATE, FIRST_CHECK_ROW, writer.row - 1)
    ledger.checks_ok.content = same(count_of(states, OK) + count_of(states, ALERT), count_filled(states))
    ledger.alerts_none.content = same(count_of(states, ALERT), 0)
    sheet.marks += [Mark(states, OK, "good"), Mark(states, FAILED, "bad"), Mark(states, ALERT, "changed")]
    return sheet


@dataclass
class _Checks:
    ledger: Ledger
    sheet: Sheet
    row: int
    number: int = 0

    def pack_checks(self, pack: PackTables) -> None:
        of, chosen = self.ledger.of, pack.chosen
        name = pack.pack.name
        self.solved("Lifecycle cost repeats the result", name, of(pack, "lcc"), chosen.lifecycle_cost_usd, "USD")
        price = float(chosen.facts["purchase_price_usd_per_pack"])
        self.solved("Purchase price repeats the result", name, of(pack, "price"), price, "USD")
        for item in COST_ROWS:
            if (pack.index, f"cost_{item}") not in self.ledger.cells:
                continue
            words = item.replace("_", " ")
            self.solved(
                f"Price: {words}, as in the result", name, of(pack, f"cost_{item}"), chosen.cost_usd[item], "USD"
            )
        for component, label in self.ledger.tables.components.items():
            expected = chosen.present_values_usd.get(component, 0.0)
            self.solved(f"{label}, as in the result", name, of(pack, f"pv_{component}"), expected, "USD")
        present_values = [of(pack, f"pv_{component}") for component in self.ledger.tables.components]
        lines = total(Range(present_values[0], present_values[-1]))
        self.always("Present values by line add up to the lifecycle cost", name, lines, link(of(pack, "lcc")), "USD")
        for component in self.ledger.tables.components:
            if component not in RUNNING:
                continue
            label = f"{COMPONENTS[component]}: discounted a second way, by NPV()"
            second = self._second_way(pack, component)
            self.always(label, name, second, link(of(pack, f"pv_{component}")), "USD")
        self._party_checks(pack)
        self.always("Shares of the bill add up to 100 %", name, link(of(pack, "bill_shares")), 1.0, "1")
        self.solved(
            "Mass by part adds up to the pack mass", name, of(pack, "mass"), float(chosen.facts["pack_mass_kg"]), "kg"
        )
        energy = float(chosen.facts["pack_energy_kwh"])
        self.solved("Pack energy repeats the result", name, of(pack, "energy"), energy, "kWh")
        self.always(
            "Alternatives repeat the lifecycle cost",
            name,
            link(of(pack, "lcc_alternative")),
            link(of(pack, "lcc")),
            "USD",
        )
        self.always(
            "Alternatives repeat the price", name, link(of(pack, "price_alternative")), link(of(pack, "price")), "USD"
        )
        live, solved = (self.ledger.ranges[pack.index, key] for key in ("lcc_live", "lcc_solved"))
        self.solved("Sum of all alternatives repeats the result", name, total(live), sum(solved.values), "USD")
        short = 0 - link(of(pack, "least_slack"))
        self.within("Every limit has slack (relative shortfall)", name, short, ROUNDING_FRAC, "1", ALERT)
        solved_rank = of(pack, "rank_solved").value
        self.within("Rank of the chosen design, live", name, link(of(pack, "rank_chosen")), solved_rank, "1", ALERT)

    def _party_checks(self, pack: PackTables) -> None:
        """Fee and parties of the chosen model against the result; no party's money is lost under any model."""
        of, name, tables = self.ledger.of, pack.pack.name, self.ledger.tables
        models = [row for row in records_of(tables.result.ownership) if row["pack"] == name]
        if tables.business.model.is_held:
            chosen = next(row for row in models if row["chosen"])
            for key, label, column, unit in PARTY_CHECKS:
                self.solved(label, name, of(pack, key), float(chosen[column]), unit)
            both = of(pack, "user_cost") - of(pack, "lessor_npv")
            self.always("User and lessor together cost what the system costs", name, both, link(of(pack, "lcc")), "USD")
        for row in models:
            model = row["model"]
            if (pack.index, f"parts_{model}") in self.ledger.cells:
                both = of(pack, f"user_cost_usd_{model}") + of(pack, f"lessor_cost_usd_{model}")
                label = f"Ownership, {MODEL_NAMES[model]}: user and lessor together cost what all parts cost"
                self.always(label, name, both, link(of(pack, f"parts_{model}")), "USD")

    def _second_way(self, pack: PackTables, component: str) -> Expression:
        rate, timing = self.ledger.input("discount_rate_frac"), self.sheet.cell(TIMING_ROW, FOUND)
        return net_present_value(rate, self.ledger.ranges[pack.index, f"flow_{component}"]) * timing

    def book_checks(self, others: list[Sheet]) -> None:
        result, every = self.ledger.tables.result, "(all)"
        total_cell, fixed = self.ledger.shared["fleet"], self.ledger.shared["platforms"]
        self.solved("Portfolio repeats the result", every, total_cell, float(result.lifecycle_cost_usd), "USD")
        self.solved("Fixed cost of platforms repeats the result", every, fixed, self.ledger.tables.platforms_usd, "USD")
        for sheet in others:
            self.always(f"No error cell on {sheet.name}", every, count_errors(sheet.body()), 0.0, "count")
            self._sums(sheet)
        if "gap" in self.ledger.shared:
            gap = link(self.ledger.shared["gap"])
            demanded = self.ledger.tables.scenario.portfolio.gap_max_frac
            word = ALERT if result.status == STOPPED else FAILED
            self.within("Gap of the proof is at most the gap demanded", every, gap, demanded, "1", word)
        self.within("Inputs changed", every, link(self.ledger.changed_count), 0, "count", ALERT)
        inputs = self.ledger.inputs_sheet
        outside = count_of(inputs.down(WITHIN, sheets.FIRST_ROW, inputs.last_row), OUTSIDE_WORD)
        self.within("Inputs outside low and high", every, outside, 0, "count", ALERT)

    def _sums(self, sheet: Sheet) -> None:
        """Every formula of a sheet is in a sum that holds while no input is changed; nor a swing, where it has some."""
        swings = self.ledger.swing_cells.get(sheet.pack_index) if sheet.kind == "Sensitivity" else None
        moved: tuple[Expression, ...] = ()
        if swings is not None:
            least, most = (total(cells) for cells in swings)
            solved = sum(float(cell.value) for cells in swings for cell in cells.cells)
            agrees, row = self._compare(least + most, solved, SUM_TOLERANCE_FRAC), self.row
            self.sheet.put(row, STATE, when(agrees, OK, ALERT), "word")
            self._words(f"Swings of {sheet.name}, their sum as solved", "(all)", "mixed", "alert")
            moved = (above(magnitude(self.sheet.cell(row, DIFFERENCE)), self.sheet.cell(row, TOLERANCE)),)
        for digest in digests(sheet):
            label = f"Sum of {digest.rows} of {sheet.name} as solved"
            self.solved(label, "(all)", total(digest.cells), digest.total, "mixed", SUM_TOLERANCE_FRAC, moved)

    def _words(self, label: str, pack: str, unit: str, kind: str) -> None:
        self.number += 1
        self.sheet.put(self.row, NUMBER, self.number, "text", "0")
        self.sheet.put(self.row, CHECK, label)
        self.sheet.put(self.row, PACK, pack)
        self.sheet.put(self.row, UNIT, unit, "unit")
        self.sheet.put(self.row, KIND, kind)
        self.row += 1

    def _compare(
        self, found: Expression, expected: Expression | float, tolerance: float = TOLERANCE_FRAC
    ) -> Expression:
        """Found, expected, relative difference, tolerance; the condition that they agree."""
        sheet, row = self.sheet, self.row
        left = sheet.put(row, FOUND, found, "calculation", SHOWN)
        right = sheet.put(
            row, EXPECTED, expected, "calculation" if isinstance(expected, Expression) else "solver", SHOWN
        )
        relative = (left - right) / largest(1, magnitude(right))
        difference = sheet.put(row, DIFFERENCE, relative, "calculation", SMALL)
        allowed = sheet.put(row, TOLERANCE, tolerance, "record", SMALL)
        return at_most(magnitude(difference), allowed)

    def always(self, label: str, pack: str, found: Expression, expected: Expression | float, unit: str) -> None:
        """A check of arithmetic, which holds for any input."""
        agrees = self._compare(found, expected)
        self.sheet.put(self.row, STATE, when(agrees, OK, FAILED), "word")
        self._words(label, pack, unit, "check")

    def solved(
        self,
        label: str,
        pack: str,
        found: Expression,
        expected: float,
        unit: str,
        tolerance: float = TOLERANCE_FRAC,
        moved: tuple[Expression, ...] = (),
    ) -> None:
        """A check against the result, which holds while no input is changed, nor what else `moved` says."""
        agrees = self._compare(link(found) if isinstance(found, Cell) else found, expected, tolerance)
        holds = either(above(self.ledger.changed_count, 0), *moved, agrees)
        self.sheet.put(self.row, STATE, when(holds, OK, FAILED), "word")
        self._words(label, pack, unit, "as solved")

    def within(self, label: str, pack: str, found: Expression, most: float, unit: str, word: str) -> None:
        """A number that must not be above another; `word` is what the state says if it is."""
        sheet, row = self.sheet, self.row
        left = sheet.put(row, FOUND, found, "calculation", SHOWN)
        right = sheet.put(row, EXPECTED, most, "record", SHOWN)
        sheet.put(row, DIFFERENCE, left - right, "calculation", SMALL)
        sheet.put(row, STATE, when(at_most(left, right), OK, word), "word")
        self._words(label, pack, unit, "alert" if word == ALERT else "check")
