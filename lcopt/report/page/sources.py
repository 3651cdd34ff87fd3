"""What the answer rests on: conventions of the money, how sure its numbers are, where they come from, what made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lcopt.design_names import capitalized
from lcopt.inputs.catalog import Row
from lcopt.report.ownership_words import money_in_words
from lcopt.report.page.markup import Column, Entry, TableRow, folded, listing, paragraph, section, table, tag, text
from lcopt.report.page.prices import GRADES
from lcopt.report.sources import ASSUMED, used_rows
from lcopt.report.tables import ReportTables

LEVEL = 2


def remark_section(tables: ReportTables) -> str:
    """Every remark on the result."""
    return section(LEVEL, "Remarks", listing(tables.result.warnings), anchor="remarks")


def source_section(tables: ReportTables) -> str:
    """Conventions, grades, citations, and all assumptions to unfold."""
    rows = list(used_rows(tables))
    counts = Counter(row.kind for row in rows)
    told = ", ".join(f"{counts[kind]:,} {GRADES[kind]}" for kind in GRADES if counts[kind])
    year = tables.scenario.finance.price_year
    return section(
        LEVEL,
        "Sources and assumptions",
        paragraph(f"Money is in dollars of {year}; {money_in_words(tables.scenario, tables.business.model)}."),
        paragraph(f"{len(rows):,} numbers of the catalog stand behind the chosen designs: {told}."),
        _citations(tables, rows),
        folded("All assumptions", _assumptions([row for row in rows if row.kind == ASSUMED])),
        anchor="sources",
    )


def _citations(tables: ReportTables, rows: Sequence[Row]) -> str:
    counts = Counter(row.source for row in rows)
    known = {source.keys["key"]: source.keys for source in tables.catalog.table("sources").rows}
    columns = [
        Column("Source"),
        Column("Citation"),
        Column("Kind"),
        Column("Numbers", is_number=True),
        Column("Address", is_address=True),
    ]
    made: list[TableRow] = [
        [
            key,
            known[key]["citation"],
            GRADES.get(known[key]["kind"], known[key]["kind"]),
            Entry(f"{counts[key]}", counts[key]),
            known[key].get("address", "") or "-",
        ]
        for key in sorted(counts, key=lambda key: (-counts[key], key))
    ]
    return table("Sources of these numbers", columns, made, sorts=True)


def _assumptions(rows: Sequence[Row]) -> str:
    heads = ("Number", "Value", "Low", "High", "Unit", "Note")
    columns = [Column(head, is_number=1 <= number <= 3) for number, head in enumerate(heads)]
    made: list[TableRow] = [
        [
            f"{row.table}: {', '.join(word for word in row.keys.values() if word)}".replace("_", " "),
            *(
                Entry("-" if value is None else f"{value:,.4g}", value)
                for value in (row.value, row.low_value, row.high_value)
            ),
            row.unit,
            row.note,
        ]
        for row in rows
    ]
    return table("Assumed by us, with the range that we give", columns, made, sorts=True)


def footer(tables: ReportTables) -> str:
    """Hashes, versions and how to make it again; no date, so that equal input gives an equal page."""
    made = tables.result.provenance
    facts = {key: made[key] for key in ("lcopt_version", "scenario_hash", "data_hash", "solver") if key in made}
    told = "; ".join(f"{key.replace('_', ' ')} {value}" for key, value in facts.items())
    again = (
        f"Made by lcopt from the scenario {tables.scenario.name}: the workbook beside this page has every number live."
    )
    return tag("footer", tag("p", text(again)), tag("p", text(capitalized(told))))
