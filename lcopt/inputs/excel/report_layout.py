"""Where a report keeps what lcopt reads back: names of sheets and headings, shared by the writer and the reader."""

from __future__ import annotations

SCENARIO_SHEET, INPUTS_SHEET, REPLACED_SHEET, PROVENANCE_SHEET = "Scenario", "Inputs", "Replaced", "Provenance"
# Sheets that every report has; together they tell it from a form.
REPORT_SHEETS = (INPUTS_SHEET, SCENARIO_SHEET, PROVENANCE_SHEET)
SCENARIO_HEADS = ("Key", "Value", "Where it comes from")
QUESTION = "question"
LIVE_HEAD, UNIT_HEAD, SOLVED_HEAD, ADDRESS_HEAD = "Live value", "Unit", "As solved", "Scenario key"
RECORD_HEAD = "Record"
# How many years before the end of the year running payments fall due.
FLOW_SHIFTS_YR = {"end": 0.0, "middle": 0.5}
# Tidy tables of the result: totals of the portfolio, designs, bill, present values, price, limits, flows, front.
DATA_TOTALS, DATA_DESIGNS, DATA_COSTS = "Data_Totals", "Data_Designs", "Data_Costs"
DATA_BILL, DATA_PRICE, DATA_LIMITS = "Data_BOM", "Data_Price", "Data_Limits"
DATA_SHEETS = (
    DATA_TOTALS,
    DATA_DESIGNS,
    DATA_BILL,
    DATA_COSTS,
    DATA_PRICE,
    DATA_LIMITS,
    "Data_Flows",
    "Data_Front",
)
