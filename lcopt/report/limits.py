"""Sheet Limits: what each chosen design must meet, how much room is left, what binds."""

from __future__ import annotations

from lcopt.report import sheets
from lcopt.report.expressions import link
from lcopt.report.formulas import at_least, at_most, largest, magnitude, smallest, when
from lcopt.report.ledger import Ledger
from lcopt.report.records import records_of
from lcopt.report.sheets import Mark, Sheet
from lcopt.report.styles import GAP, QUANTITY, SHARE
from lcopt.report.tables import AT_MOST, LimitRow, PackTables

HEADS = (
    ("Pack", 16.0),
    ("Limit", 40.0),
    ("Value", 14.0),
    ("Sense", 10.0),
    ("Limit value", 14.0),
    ("Unit", 10.0),
    ("Slack", 13.0),
    ("Slack, relative", 11.0),
    ("State", 12.0),
    ("Binding?", 12.0),
    ("Set by", 16.0),
)
PACK, LIMIT, VALUE, SENSE, BOUND, UNIT, SLACK, RELATIVE, STATE, BINDING, KIND = range(1, len(HEADS) + 1)
MET, MISSED, BINDS = "met", "NOT met", "binding"
# A limit this close (relative) counts as met, or as binding.
ROUNDING_FRAC, BINDING_FRAC = 1e-9, 1e-4

# Limited quantity -> input that sets the limit; headline cell that computes the value.
INPUT_OF = {
    "charging_time_min": "charging_time_max_min",
    "cold_charging_time_min": "cold_charging_time_max_min",
    "pack_specific_energy_wh_per_kg": "specific_energy_min_wh_per_kg",
    "pack_energy_density_wh_per_l": "energy_density_min_wh_per_l",
    "pack_mass_kg": "mass_max_kg",
    "pack_volume_l": "volume_max_l",
}
LIVE_OF = {
    "pack_energy_kwh": "energy",
    "pack_specific_energy_wh_per_kg": "specific_energy",
    "pack_energy_density_wh_per_l": "energy_density",
    "pack_mass_kg": "mass",
    "pack_volume_l": "volume",
}


def add_limits(ledger: Ledger) -> Sheet:
    """One sheet for all packs."""
    purpose = "Limits of the scenario and bounds of the catalog. Slack is positive where a limit is met."
    sheet = ledger.sheet("Limits", None, "Limits", purpose, "output")
    sheet.header(HEADS)
    for column in (VALUE, BOUND, SLACK, RELATIVE):
        sheet.cell(sheet.header_row, column).look = "head_number"
    row = sheets.FIRST_ROW
    sheet.put(row, LIMIT, "Rounding of a relative slack")
    sheet.put(row, VALUE, ROUNDING_FRAC, "record", GAP)
    sheet.put(row + 1, LIMIT, "Relative slack that counts as binding")
    sheet.put(row + 1, VALUE, BINDING_FRAC, "record", GAP)
    row += 3
    first = row
    for pack in ledger.tables.packs:
        start = row
        for limit in sorted(pack.limits, key=lambda limit: limit.kind != "scenario"):
            _limit(ledger, sheet, row, pack, limit)
            row += 1
        ledger.ranges[pack.index, "slacks"] = sheet.down(RELATIVE, start, row - 1)
        least = sheet.put(row, RELATIVE, smallest(sheet.down(RELATIVE, start, row - 1)), "total", SHARE)
        sheet.put(row, LIMIT, "Least relative slack", "total_text")
        ledger.keep(pack, "least_slack", least)
        row += 2
    _out_of_reach(ledger, sheet, row)
    states, binding = sheet.down(STATE, first, row - 1), sheet.down(BINDING, first, row - 1)
    sheet.marks += [Mark(states, MET, "good"), Mark(states, MISSED, "bad"), Mark(binding, BINDS, "bad")]
    return sheet


def _out_of_reach(ledger: Ledger, sheet: Sheet, row: int) -> None:
    """Chemistries of which no candidate meets the limits, each with the limit that it misses."""
    missed = records_of(ledger.tables.result.out_of_reach)
    if not missed:
        return
    sheet.block(row, "Chemistries without a candidate within the limits: the nearest one", len(HEADS))
    for offset, record in enumerate(missed, start=1):
        sheet.put(row + offset, PACK, str(record["pack"]))
        sheet.put(row + offset, LIMIT, f"{record['chemistry']}: {record['limit']}")
        sheet.put(row + offset, VALUE, float(record["value"]), "solver", QUANTITY)
        sheet.put(row + offset, SENSE, "at most" if record["sense"] == AT_MOST else "at least", "unit")
        sheet.put(row + offset, BOUND, float(record["limit_value"]), "record", QUANTITY)
        sheet.put(row + offset, UNIT, str(record["unit"]), "unit")


def _limit(ledger: Ledger, sheet: Sheet, row: int, pack: PackTables, limit: LimitRow) -> None:
    rounding, close = sheet.cell(sheets.FIRST_ROW, VALUE), sheet.cell(sheets.FIRST_ROW + 1, VALUE)
    sheet.put(row, PACK, pack.pack.name)
    sheet.put(row, LIMIT, limit.label[:1].upper() + limit.label[1:])
    live = LIVE_OF.get(limit.key)
    if live:
        value = sheet.put(row, VALUE, link(ledger.of(pack, live)), "link", QUANTITY)
    else:
        value = sheet.put(row, VALUE, limit.value, "solver", QUANTITY)
    sheet.put(row, SENSE, "at most" if limit.sense == AT_MOST else "at least", "unit")
    asked = f"{INPUT_OF.get(limit.key, '')}{pack.suffix}"
    if limit.kind == "scenario" and asked in ledger.inputs:
        bound = sheet.put(row, BOUND, link(ledger.inputs[asked]), "link", QUANTITY)
    else:
        bound = sheet.put(row, BOUND, limit.bound, "record", QUANTITY)
    sheet.put(row, UNIT, limit.unit, "unit")
    slack = sheet.put(row, SLACK, bound - value if limit.sense == AT_MOST else value - bound, "calculation", QUANTITY)
    relative = sheet.put(row, RELATIVE, slack / largest(1, magnitude(bound)), "calculation", SHARE)
    sheet.put(row, STATE, when(at_least(relative, 0 - rounding), MET, MISSED), "word")
    sheet.put(row, BINDING, when(at_most(magnitude(relative), close), BINDS, "-"), "word")
    sheet.put(row, KIND, limit.kind, "unit")
