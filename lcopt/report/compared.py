"""One result among several that are compared, solved just now or read back from its report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.checking import problem_of
from lcopt.inputs.excel.report_layout import DATA_COSTS, DATA_DESIGNS, DATA_TOTALS, QUESTION
from lcopt.inputs.excel.workbook import read_result
from lcopt.inputs.text.file_bytes import WORKBOOK_BYTES_MAX, read_bytes
from lcopt.inputs.text.tree import Tree, UnreadableError
from lcopt.inputs.writing import document_of, entries_of
from lcopt.report.data_tables import ENDLESS, data_frames
from lcopt.report.records import records_of
from lcopt.result import REPRICED, STOPPED, Result

Record = Mapping[str, Any]
UNPROVEN = {
    STOPPED: "stopped before the proof, so a cheaper choice may exist",
    REPRICED: "repriced, so its designs were chosen at other prices",
}
# What is said of every design, so that a report without it cannot be compared.
NUMBERS_NEEDED = (
    "lifecycle_cost_usd_per_pack",
    "purchase_price_usd_per_pack",
    "levelized_usd_per_km",
    "charging_time_min",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
)


@dataclass(frozen=True)
class Compared:
    """What a comparison shows of one result; money in dollars of its price year.

    `costs_usd` has the present value of a pack by pack and component, `totals_usd` that of all packs by component.
    """

    name: str
    source: str
    price_year: int
    designs: tuple[Record, ...]
    costs_usd: Mapping[str, Mapping[str, float]]
    totals_usd: Mapping[str, float]
    settings: Mapping[str, str]
    note: str = ""

    @property
    def total_usd(self) -> float:
        """Lifecycle cost of all packs."""
        return math.fsum(self.totals_usd.values())

    def partner(self, pack: str, index: int) -> Record | None:
        """The design for the pack of that name, else the one in its place."""
        named = [row for row in self.designs if row["pack"] == pack]
        return named[0] if named else self.designs[index] if index < len(self.designs) else None


@dataclass(frozen=True)
class Beside:
    """One design of one result, and the design of the first result that it is held against."""

    result: Compared
    design: Record
    first: Record

    @property
    def pack(self) -> str:
        """Its pack."""
        return str(self.design["pack"])

    @property
    def head(self) -> str:
        """Result and, where it has several, pack."""
        return self.result.name if len(self.result.designs) == 1 else f"{self.result.name}: {self.pack}"

    @property
    def costs_usd(self) -> Mapping[str, float]:
        """Present value of a pack by component."""
        return self.result.costs_usd[self.pack]

    @property
    def cost_usd(self) -> float:
        """Lifecycle cost of a pack."""
        return float(self.design["lifecycle_cost_usd_per_pack"])

    @property
    def more_usd(self) -> float:
        """What a pack costs more than that of the first result."""
        return self.cost_usd - float(self.first["lifecycle_cost_usd_per_pack"])

    @property
    def more_frac(self) -> float:
        """The same as a share."""
        return self.more_usd / float(self.first["lifecycle_cost_usd_per_pack"])


def side_by_side(results: Sequence[Compared]) -> list[Beside]:
    """All designs in the order of their results, each beside the first result's for its pack, or in its place."""
    base = results[0]
    return [
        Beside(result, design, base.partner(str(design["pack"]), index) or base.designs[0])
        for result in results
        for index, design in enumerate(result.designs)
    ]


def designs_table(designs: Sequence[Beside]) -> tuple[list[dict[str, Any]], list[str]]:
    """A row a design with all that is known of it, and the columns that every one has."""
    rows = [
        {"result": one.result.name, "difference_usd_per_pack": one.more_usd, "difference_frac": one.more_frac}
        | {"source": one.result.source, **one.design}
        for one in designs
    ]
    return rows, [name for name in rows[0] if all(name in row for row in rows)]


def asked_differently(results: Sequence[Compared]) -> dict[str, list[str]]:
    """Key of the scenario -> its value in every result, for those that are not the same in all."""
    keys = dict.fromkeys(key for result in results for key in result.settings if key != "name")
    values = {key: [result.settings.get(key, "-") for result in results] for key in keys}
    return {key: told for key, told in values.items() if len(set(told)) > 1}


def notes_on(results: Sequence[Compared]) -> list[str]:
    """What to mind when reading a comparison, a clause each."""
    base, told = results[0], [result.note for result in results if result.note]
    years = sorted({result.price_year for result in results})
    if len(years) > 1:
        told.append(f"dollars of {' and '.join(map(str, years))} stand side by side; inflation is not taken out")
    told += [
        f"pack '{one.pack}' of {one.result.name} is held against '{one.first['pack']}' of {base.name}, which has no "
        f"pack of its name"
        for one in side_by_side(results)
        if one.pack != one.first["pack"] and len(base.designs) + len(one.result.designs) > 2
    ]
    return told


def with_own_names(results: Sequence[Compared]) -> list[Compared]:
    """The results, each with a name that no other has."""
    counts: dict[str, int] = {}
    named = []
    for result in results:
        counts[result.name] = count = counts.get(result.name, 0) + 1
        named.append(result if count == 1 else replace(result, name=f"{result.name} ({count})"))
    return named


def of_result(result: Result) -> Compared:
    """A result as it is compared."""
    scenario = result.scenario
    document = document_of(scenario, packaged_catalog().with_rows(scenario.replaced_rows))
    tables = {name: records_of(frame) for name, frame in data_frames(result).items()}
    return _compared(tables, dict(entries_of(document)), scenario.path or scenario.name)


def of_report(path: str) -> Compared | None:
    """The result that a report holds, or None where the file is no report.

    Raises
    ------
    ScenarioError
        Where the workbook cannot be read, or values of its result are missing.
    """
    try:
        data = read_result(read_bytes(path, "a report", WORKBOOK_BYTES_MAX), path)
    except UnreadableError as error:
        raise ScenarioError([problem_of(fault, Tree(), path) for fault in error.faults]) from None
    if data is None:
        return None
    note = "" if not data.changed_count else f"{path}: {data.changed_count} changed input(s) are not in; run it first"
    settings = {key: value for key, value in data.settings.items() if key != QUESTION}
    try:
        return _compared(data.tables, settings, path, note)
    except (IndexError, KeyError, TypeError, ValueError):
        message = "values are missing in the tables of its result (sheets Data); expected them as lcopt wrote them"
        hint = "write the report again: lcopt run"
        raise ScenarioError([Problem(path, 1, 1, "", message, hint)]) from None


def _compared(tables: Mapping[str, list[Any]], settings: Mapping[str, str], source: str, note: str = "") -> Compared:
    totals = tables[DATA_TOTALS]
    designs = [row for row in tables[DATA_DESIGNS] if row["rank"] == 0]
    costs: dict[str, dict[str, float]] = {}
    for row in tables[DATA_COSTS]:
        if row["rank"] == 0:
            costs.setdefault(str(row["pack"]), {})[row["component"]] = float(row["present_value_usd_per_pack"])
    by_component: dict[str, float] = {}
    for row in totals:
        component = str(row["component"])
        by_component[component] = by_component.get(component, 0.0) + float(row["present_value_usd"])
    name, why = str(totals[0]["scenario"]), UNPROVEN.get(str(totals[0]["status"]))
    notes = [note, f"{name}: {why}" if why else ""]
    if not designs:
        raise ValueError(DATA_DESIGNS)
    return Compared(
        name=name,
        source=source,
        price_year=int(totals[0]["price_year"]),
        designs=tuple({**row, **{key: _number(row[key]) for key in NUMBERS_NEEDED}} for row in designs),
        costs_usd={pack: costs[pack] for pack in (str(row["pack"]) for row in designs)},
        totals_usd=by_component,
        settings=settings,
        note="; ".join(filter(None, notes)),
    )


def _number(value: str | float) -> float:
    return math.inf if value == ENDLESS else float(value)
