"""Sheet Scenario: every value of the scenario as a file would say it, and where it comes from.

lcopt reads this sheet back, with the changed live values of sheet Inputs over it: a report is a scenario too.
"""

from __future__ import annotations

from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.excel.report_layout import QUESTION, SCENARIO_HEADS, SCENARIO_SHEET
from lcopt.inputs.text.tree import Place
from lcopt.inputs.writing import document_of, entries_of
from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Sheet

WIDTHS = (48.0, 60.0, 60.0)


def add_scenario(ledger: Ledger) -> Sheet:
    """One row a value, defaults filled in; the question first, then in the order of a file."""
    scenario = ledger.tables.scenario
    purpose = "What was asked, every default filled in. Live values changed on sheet Inputs go over it in a new run."
    sheet = ledger.sheet(SCENARIO_SHEET, None, "Scenario", purpose, "record")
    sheet.header(tuple(zip(SCENARIO_HEADS, WIDTHS, strict=True)))
    document = document_of(scenario, packaged_catalog().with_rows(scenario.replaced_rows))
    unknown = Place(0, 0, "made in Python")
    rows = [(QUESTION, scenario.question), *entries_of(document)]
    for row, (key, value) in enumerate(rows, start=sheets.FIRST_ROW):
        sheet.put(row, 1, key, "code")
        sheet.put(row, 2, value, "code")
        if key != QUESTION:
            sheet.put(row, 3, str(scenario.origins.get(key, unknown)), "code")
    return sheet
