"""Sheet Trade: what safety costs in energy density, which limit changes the answer, what cells would have to cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lcopt.design_names import ARCHITECTURE_NAMES, FORMAT_NAMES, RULE_NAMES, capitalized, kind_in_words, pack_in_words
from lcopt.inputs.readiness import readiness_level
from lcopt.inputs.words import SAFETY_RULES
from lcopt.pack.safety import NO_RULE
from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.limits import MET, MISSED
from lcopt.report.records import records_of
from lcopt.report.sheets import Chart, Mark, Series, Sheet
from lcopt.report.styles import MONEY, NUMBER, SHARE, WHOLE_MONEY
from lcopt.report.tables import AT_MOST, Design, PackTables
from lcopt.report.trade_words import (
    Row,
    break_even_in_words,
    cheapest_in_words,
    family_lines,
    rule_in_words,
    turn_in_words,
    turns,
)

SAFETY_HEADS = (
    ("Chemistry", 30.0),
    ("Cell and pack", 48.0),
    ("Rule", 14.0),
    ("Barrier mm", 11.0),
    ("Margin to propagation K", 12.0),
    ("Specific energy Wh/kg", 11.0),
    ("Energy density Wh/L", 11.0),
    ("Price USD/pack", 11.0),
    ("Lifecycle cost USD/pack", 12.0),
    ("Density for safety Wh/L", 12.0),
    ("Price of safety USD/pack", 12.0),
    ("Lifecycle cost of safety USD/pack", 14.0),
)
NAME, KIND, WORD, FIRST_NUMBER = 1, 2, 3, 4
DENSITY, PRICE, LIFE = 7, 8, 9
SAFETY_NUMBERS = {
    "barrier_thickness_mm": "0.00",
    "propagation_margin_k": NUMBER,
    "pack_specific_energy_wh_per_kg": NUMBER,
    "pack_energy_density_wh_per_l": NUMBER,
    "purchase_price_usd_per_pack": WHOLE_MONEY,
    "lifecycle_cost_usd_per_pack": WHOLE_MONEY,
}
REIGN_HEADS = ("Limit", "Cheapest for this pack alone", "Unit", "From", "Up to", "Lifecycle cost USD", "Dearer by USD")
CELL_HEADS = (
    "Chemistry",
    "Cell and pack",
    "Readiness",
    "Cells cost USD/kWh",
    "It wins at USD/kWh",
    "Cheaper by USD/kWh",
    "the same as a share",
    "Lifecycle cost USD",
    "Dearer by USD",
)
CHART_HEIGHT_CM, CHART_ROWS = 8.5, 20
HEAD_HEIGHT = 42.0
PURPOSE = (
    "Answers of the solver for the inputs as solved: another design may stand behind every row, so a changed input "
    "needs a new run."
)


def add_trade(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for a pack: the chosen design and the cheapest of every other chemistry."""
    sheet = ledger.sheet("Trade", pack, "Trade", PURPOSE, "output")
    sheet.header(SAFETY_HEADS)
    sheet.heights[sheet.header_row], sheet.repeats_head = HEAD_HEIGHT, False
    for column in range(FIRST_NUMBER, len(SAFETY_HEADS) + 1):
        sheet.cell(sheet.header_row, column).look = "head_number"
    _Trade(ledger, pack, sheet, sheets.FIRST_ROW).write()
    return sheet


@dataclass
class _Trade:
    ledger: Ledger
    pack: PackTables
    sheet: Sheet
    row: int

    def write(self) -> None:
        self._safety()
        self._reigns()
        self._cells()

    def _block(self, word: str, heads: Sequence[str] = ()) -> None:
        self.sheet.block(self.row, word, len(SAFETY_HEADS))
        self.row += 1
        if heads:
            self.sheet.heads(self.row, heads, FIRST_NUMBER)
            self.sheet.heights[self.row] = sheets.HEAD_HEIGHT
            self.row += 1

    def _say(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.sheet.put(self.row, NAME, sentence)
            self.row += 1

    def _names(self, name: str, kind: str, word: str) -> None:
        self.sheet.put(self.row, NAME, name)
        self.sheet.put(self.row, KIND, kind)
        self.sheet.put(self.row, WORD, word, "unit")

    def _solved(self, column: int, value: float, shown: str) -> None:
        self.sheet.put(self.row, column, float(value), "solver", shown)

    # --- safety ------------------------------------------------------------------------------------------------------

    def _safety(self) -> None:
        designs = self.pack.best_of_chemistries
        records = [row for row in records_of(self.ledger.tables.result.safety) if row["pack"] == self.pack.pack.name]
        under = {(row["rank"], row["rule"]): row for row in records}
        self._block(
            "Safety against energy density: the same cells and packs, with the barriers that each rule asks for"
        )
        self._say(self._safety_sentences(designs, under))
        self.row += 1
        starts = {rule: self._rule(rule, designs, under) for rule in SAFETY_RULES}
        self._safety_chart(starts, len(designs))

    def _safety_sentences(self, designs: Sequence[Design], under: Mapping[tuple[int, str], Row]) -> list[str]:
        rule, catalog = SAFETY_RULES[-1], self.ledger.tables.catalog
        asked = self.pack.pack.limits.safety
        said = [f"The scenario asks for {RULE_NAMES[asked]}. {RULE_NAMES[rule]} would mean:"]
        kinds = [kind_in_words(design.facts) for design in designs]
        for kind, design in zip(kinds, designs, strict=True):
            said.append(rule_in_words(kind, under[design.rank, rule], under[design.rank, NO_RULE], catalog))
        return [*said, cheapest_in_words(kinds, [under[design.rank, rule] for design in designs])]

    def _rule(self, rule: str, designs: Sequence[Design], under: Mapping[tuple[int, str], Row]) -> int:
        """The rows of one rule; returns the first."""
        first = self.row + 1
        self._block(capitalized(RULE_NAMES[rule]))
        bare = self.ledger.ranges.get((self.pack.index, "bare"))
        for number, design in enumerate(designs):
            row = under[design.rank, rule]
            without = {**design.facts, "barrier_thickness_mm": 0.0}
            self._names(str(row["chemistry"]), _cell_and_pack(without), "-" if rule == NO_RULE else _state(row))
            for column, (name, shown) in enumerate(SAFETY_NUMBERS.items(), start=FIRST_NUMBER):
                self._solved(column, row[name], shown)
            if bare:
                self._against(bare.first.row + number)
            self.row += 1
        if rule == NO_RULE:
            self.ledger.ranges[self.pack.index, "bare"] = self.sheet.down(DENSITY, first, self.row - 1)
        states = self.sheet.down(WORD, first, self.row - 1)
        self.sheet.marks += [Mark(states, MET, "good"), Mark(states, MISSED, "bad")]
        return first

    def _against(self, bare_row: int) -> None:
        """What the rule takes from the same design without a rule."""
        for offset, column in enumerate((DENSITY, PRICE, LIFE), start=LIFE + 1):
            change = self.sheet.cell(self.row, column) - self.sheet.cell(bare_row, column)
            self.sheet.put(self.row, offset, change, "calculation", NUMBER if column == DENSITY else WHOLE_MONEY)

    def _safety_chart(self, starts: dict[str, int], count: int) -> None:
        first = starts[NO_RULE]
        chart = Chart(
            anchor=f"A{self.row + 1}",
            title="Energy density of the packs under each safety rule",
            categories=self.sheet.down(NAME, first, first + count - 1),
            series=tuple(
                Series(self.sheet.cell(start - 1, NAME), self.sheet.down(DENSITY, start, start + count - 1))
                for start in starts.values()
            ),
            value_title="Wh/L",
            number_format="#,##0",
            side_by_side=True,
            width_cm=26.0,
            height_cm=CHART_HEIGHT_CM,
        )
        self.sheet.charts.append(chart)
        self.row += CHART_ROWS

    # --- limits ------------------------------------------------------------------------------------------------------

    def _own_reigns(self) -> list[Row]:
        records = records_of(self.ledger.tables.result.turning_points)
        return [row for row in records if row["pack"] == self.pack.pack.name]

    def _reigns(self) -> None:
        reigns = self._own_reigns()
        if not reigns:
            return
        self._block("What would change the answer: one limit is tightened, all others hold")
        chosen = self.pack.chosen.lifecycle_cost_usd
        said = [capitalized(turn_in_words(first, reign, chosen)) + "." for first, reign in turns(reigns)]
        self._say([*said, "Past the last row of a limit no design of the search meets it."])
        self.row += 1
        self._block("The cheapest design while one limit is tightened", REIGN_HEADS)
        firsts: dict[str, int] = {}
        for reign in reigns:
            self._reign(reign, firsts.setdefault(reign["quantity"], self.row))
            self.row += 1
        self.row += 1

    def _reign(self, reign: Row, first_row: int) -> None:
        sense = "at most" if reign["sense"] == AT_MOST else "at least"
        kind = f"{kind_in_words(reign)}, {ARCHITECTURE_NAMES[reign['architecture']]}"
        self._names(f"{capitalized(reign['label'])}, {sense}", kind, str(reign["unit"]))
        if self.row == first_row:
            self.sheet.put(self.row, FIRST_NUMBER, "as asked", "solver_text")
        else:
            self._solved(FIRST_NUMBER, reign["after"], NUMBER)
        self._solved(FIRST_NUMBER + 1, reign["until"], NUMBER)
        cost = FIRST_NUMBER + 2
        self._solved(cost, reign["lifecycle_cost_usd_per_pack"], WHOLE_MONEY)
        dearer = self.sheet.cell(self.row, cost) - self.sheet.cell(first_row, cost)
        self.sheet.put(self.row, cost + 1, dearer, "calculation", WHOLE_MONEY)

    # --- cells -------------------------------------------------------------------------------------------------------

    def _cells(self) -> None:
        chosen, *others = self.pack.best_of_chemistries
        self._block("What cells would have to cost: the rest of each design stays as it is")
        said = family_lines(
            chosen.facts, [item.facts for item in others], self._own_reigns(), self.ledger.tables.catalog
        )
        same_family = [break_even_in_words(design.facts) for design in others[:1]]
        self._say([f"{line}." for line in said or same_family])
        self._say(["Cells at cost in the plant of the scenario, with overheads, without profit on the pack."])
        self.row += 1
        year = self.ledger.tables.scenario.search.production_start_year
        heads = [f"{head} in {year}" if head == "Readiness" else head for head in CELL_HEADS]
        self._block("The cheapest design of every chemistry", heads)
        first_row = self.row
        for design in (chosen, *others):
            self._cell_cost(design.facts, readiness_level(self.ledger.tables.catalog, design.facts["chemistry"], year))
            dearer = self.sheet.cell(self.row, LIFE - 1) - self.sheet.cell(first_row, LIFE - 1)
            self.sheet.put(self.row, LIFE, dearer, "calculation", WHOLE_MONEY)
            self.row += 1

    def _cell_cost(self, facts: Row, level: int) -> None:
        self._names(str(facts["chemistry"]), _cell_and_pack(facts), f"{level} of 9")
        cost, even = FIRST_NUMBER, FIRST_NUMBER + 1
        self._solved(cost, facts["cell_cost_usd_per_kwh"], MONEY)
        self._solved(even, facts["break_even_cell_cost_usd_per_kwh"], MONEY)
        less = self.sheet.cell(self.row, cost) - self.sheet.cell(self.row, even)
        cheaper = self.sheet.put(self.row, even + 1, less, "calculation", MONEY)
        self.sheet.put(self.row, even + 2, cheaper / self.sheet.cell(self.row, cost), "calculation", SHARE)
        self._solved(LIFE - 1, facts["lifecycle_cost_usd_per_pack"], WHOLE_MONEY)


def _state(row: Row) -> str:
    return MET if row["passes"] else MISSED


def _cell_and_pack(facts: Row) -> str:
    return f"{capitalized(FORMAT_NAMES[facts['format']])} cells, {pack_in_words(facts)}"
