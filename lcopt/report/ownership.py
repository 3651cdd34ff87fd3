"""Sheet Ownership: what each business model comes to for user, lessor and maker, and who pays what in which year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from lcopt.cost.discounting import COST_COMPONENTS
from lcopt.design_names import capitalized
from lcopt.report import sheets
from lcopt.report.formulas import total
from lcopt.report.ledger import Ledger
from lcopt.report.ownership_words import MODEL_NAMES, Row, model_lines, money_in_words
from lcopt.report.records import records_of
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import MONEY, NUMBER, SHARE, UNIT_COST, WHOLE_MONEY, YEAR
from lcopt.report.tables import COMPONENTS, PackTables

HEADS = (("Quantity", 52.0), ("Unit", 12.0))
LABEL, UNIT, FIRST = 1, 2, 3
COLUMN_WIDTH = 15.0
# Beside the models: years of the cash flow need as many columns.
CHART_ROWS, CHART_HEIGHT_CM = 22, 9.5
PURPOSE = (
    "Answers of the solver for the inputs as solved: every business model with the best design for its use; cash flows "
    "have inflow +."
)
# Quantities that the checks look at.
OFFERED = ("user_cost_usd", "lessor_cost_usd")
PARTIES = ("user", "lessor", "maker")
# Lines of the table: name of the value, label, unit, format.
QUANTITIES = (
    ("lifecycle_cost_usd_per_pack", "Lifecycle cost, user and lessor together", "USD", MONEY),
    ("user_cost_usd", "of it the user", "USD", MONEY),
    ("lessor_cost_usd", "of it the lessor (negative: it gains)", "USD", MONEY),
    ("user_usd_per_km", "The user pays", "USD/km", UNIT_COST),
    ("levelized_usd_per_km", "Both together", "USD/km", UNIT_COST),
    ("maker_profit_usd", "Profit of the maker in the price of all packs", "USD", MONEY),
    ("fee_usd_per_month", "Monthly fee", "USD/month", MONEY),
    ("breakeven_fee_usd_per_month", "Monthly fee at which the lessor earns its return", "USD/month", MONEY),
    ("energy_fee_usd_per_yr", "Fees for each kWh, a year", "USD/yr", MONEY),
    ("lessor_return_frac", "Return that the lessor wants", "1/yr", SHARE),
    ("lessor_irr_frac", "Internal rate of return of the lessor (- : none or several)", "1/yr", SHARE),
    ("payback_months", "Payback, before tax and undiscounted", "month", NUMBER),
    ("purchase_price_usd_per_pack", "Price of a pack", "USD", MONEY),
    ("packs_per_vehicle", "Packs in cars and stations for each car", "1", "0.00"),
    ("pack_life_yr", "Pack life", "yr", "0.00"),
    ("replacements_count", "Replacements", "count", YEAR),
    ("charging_hours_per_yr", "Hours lost to charging", "h/yr", NUMBER),
)


def add_ownership(ledger: Ledger, pack: PackTables) -> None:
    """One sheet for a pack, where the scenario has another business model than a sale."""
    rows = [row for row in records_of(ledger.tables.result.ownership) if row["pack"] == pack.pack.name]
    if [row["model"] for row in rows] == ["sale"]:
        return
    sheet = ledger.sheet("Ownership", pack, "Ownership", PURPOSE, "output")
    horizon = ledger.tables.scenario.finance.horizon_yr
    models = [capitalized(MODEL_NAMES[row["model"]]) for row in rows]
    width = max(len(models), horizon + 1)
    sheet.header((*HEADS, *((name, COLUMN_WIDTH) for name in models)))
    sheet.repeats_head = False
    for column in range(FIRST, FIRST + width):
        sheet.widths[column] = COLUMN_WIDTH if column < FIRST + len(models) else 11.0
        if column < FIRST + len(models):
            sheet.cell(sheet.header_row, column).look = "head_number"
    _Ownership(ledger, pack, sheet, rows, width, sheets.FIRST_ROW).write()


@dataclass
class _Ownership:
    ledger: Ledger
    pack: PackTables
    sheet: Sheet
    rows: Sequence[Row]
    width: int
    row: int

    def write(self) -> None:
        result = self.ledger.tables.result
        self._say([money_in_words(result.scenario, result.ownership_model), *model_lines(self.pack.pack.name, result)])
        self._designs()
        self._quantities()
        self._components()
        self._flows()

    def _block(self, word: str) -> None:
        self.sheet.block(self.row, word, FIRST + self.width - 1)
        self.row += 1

    def _say(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.sheet.put(self.row, LABEL, f"{capitalized(sentence)}.")
            self.row += 1
        self.row += 1

    def _designs(self) -> None:
        self._block("The best design for the use under each model")
        for row in self.rows:
            mark = ", chosen" if row["chosen"] else ""
            self.sheet.put(self.row, LABEL, f"{capitalized(MODEL_NAMES[row['model']])}{mark}")
            self.sheet.put(self.row, FIRST, str(row["platform"]))
            self.row += 1
        self.row += 1

    def _line(self, label: str, unit: str, value: Callable[[Row], float], shown: str, look: str = "solver") -> None:
        self.sheet.put(self.row, LABEL, label, "total_text" if look == "total" else "text")
        self.sheet.put(self.row, UNIT, unit, "unit")
        for column, row in enumerate(self.rows, start=FIRST):
            number = value(row)
            known = number == number and abs(number) != float("inf")
            self.sheet.put(self.row, column, float(number) if known else "-", look if known else "solver_text", shown)
        self.row += 1

    def _offer(self, key: str, row: int) -> None:
        """What the checks look at: a cell a model."""
        for column, model in enumerate(self.rows, start=FIRST):
            self.ledger.keep(self.pack, f"{key}_{model['model']}", self.sheet.cell(row, column))

    def _quantities(self) -> None:
        self._block("For whom: one car over the horizon")
        for name, label, unit, shown in QUANTITIES:
            self._line(label, unit, partial(_value, name), shown)
            if name in OFFERED:
                self._offer(name, self.row - 1)
        self.row += 1

    def _components(self) -> None:
        """Present values of user and lessor together, which add up live."""
        self._block("Present value by part, user and lessor together")
        first = self.row
        names = [item.value for item in COST_COMPONENTS]
        used = [name for name in names if any(row[f"{name}_pv_usd"] for row in self.rows)]
        for name in used:
            self._line(_part(name), "USD", partial(_value, f"{name}_pv_usd"), MONEY)
        last = self.row - 1
        self.sheet.put(self.row, LABEL, "Lifecycle cost", "total_text")
        self.sheet.put(self.row, UNIT, "USD", "unit")
        for column in range(FIRST, FIRST + len(self.rows)):
            self.sheet.put(self.row, column, total(self.sheet.down(column, first, last)), "total", MONEY)
        self._offer("parts", self.row)
        self.row += 1
        chart = Chart(
            anchor=f"A{self.row + 1}",
            title="Lifecycle cost by business model",
            categories=self.sheet.across(self.sheet.header_row, FIRST, FIRST + len(self.rows) - 1),
            series=tuple(
                Series(self.sheet.cell(row, LABEL), self.sheet.across(row, FIRST, FIRST + len(self.rows) - 1))
                for row in range(first, last + 1)
            ),
            value_title="USD per car",
            number_format="#,##0",
            width_cm=22.0,
            height_cm=CHART_HEIGHT_CM,
        )
        self.sheet.charts.append(chart)
        self.row += CHART_ROWS

    def _flows(self) -> None:
        """The cash flow of every party by year, model by model."""
        flows = self.ledger.tables.result.party_cash_flow
        own = flows[flows["pack"] == self.pack.pack.name]
        by_year = own.groupby(["model", "party", "year"])["cash_flow_usd"].sum().to_dict()
        self._years("Cash flow of every party by year, not discounted, one car", "Model and party")
        for row in self.rows:
            for party in PARTIES:
                if (row["model"], party, 0) in by_year:
                    name = f"{capitalized(MODEL_NAMES[row['model']])}: {party}"
                    self._by_year(name, [float(by_year[row["model"], party, year]) for year in self.years])
        held = {row["model"]: capitalized(MODEL_NAMES[row["model"]]) for row in self.rows if row["model"] != "sale"}
        if not held:
            return
        self.row += 1
        self._years("Cash of the lessor so far, not discounted, one car", "Model")
        first = self.row
        for model, name in held.items():
            self._by_year(name, list(accumulate(float(by_year[model, "lessor", year]) for year in self.years)))
        self._lessor_chart(first)

    @property
    def years(self) -> range:
        """Years of the cash flow."""
        return range(self.ledger.tables.scenario.finance.horizon_yr + 1)

    def _years(self, block: str, head: str) -> None:
        """Headings above rows by year."""
        self._block(block)
        self.sheet.put(self.row, LABEL, head, "head")
        self.sheet.put(self.row, UNIT, "Unit", "head_next")
        for year in self.years:
            self.sheet.put(self.row, FIRST + year, year, "head_number", YEAR)
        self.row += 1

    def _by_year(self, label: str, values: Sequence[float]) -> None:
        self.sheet.put(self.row, LABEL, label)
        self.sheet.put(self.row, UNIT, "USD", "unit")
        for column, value in enumerate(values, start=FIRST):
            self.sheet.put(self.row, column, value, "solver", WHOLE_MONEY)
        self.row += 1

    def _lessor_chart(self, first: int) -> None:
        """One line a model."""
        last_column = FIRST + self.years[-1]
        rows = range(first, self.row)
        chart = Chart(
            anchor=f"A{self.row + 1}",
            title="Cash of the lessor so far",
            categories=self.sheet.across(first - 1, FIRST, last_column),
            series=tuple(
                Series(self.sheet.cell(row, LABEL), self.sheet.across(row, FIRST, last_column), line=True)
                for row in rows
            ),
            value_title="USD per car",
            number_format="#,##0",
            width_cm=22.0,
            height_cm=CHART_HEIGHT_CM,
        )
        self.sheet.charts.append(chart)


def _value(name: str, row: Row) -> float:
    return -float(row["lessor_npv_usd"]) if name == "lessor_cost_usd" else float(row[name])


def _part(name: str) -> str:
    return COMPONENTS.get(name) or capitalized(name.replace("_", " "))
