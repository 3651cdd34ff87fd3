"""Inputs of the sheet Recycling: recoveries and costs of the routes that designs take, shares of prices, scrap."""

from __future__ import annotations

from collections.abc import Iterator

from lcopt.cost.recycling import GOODS_TABLE, ROUTES_TABLE
from lcopt.inputs.catalog import Row
from lcopt.inputs.own_data.catalog_overrides import OVERRIDES
from lcopt.report.input_rows import InputRow
from lcopt.report.tables import Recycled, ReportTables
from lcopt.report.words import label

GROUP = "Recycling"
# Name of a cost -> its row among those of a route.
COST_ROWS = {
    "cell_processing": "cell_processing_usd_per_kg",
    "pack_disassembly": "pack_disassembly_h_per_kg",
    "pack_transport": "pack_transport_usd_per_kg",
}
_HIGH_MULTIPLE = 2.0


def recovery_key(route: str, good: str) -> str:
    """Input of the share that a route recovers."""
    return f"{route}_{good}_recovery_frac"


def cost_key(route: str, cost: str) -> str:
    """Input of what a route costs, or of the time that it takes."""
    return f"{route}_{COST_ROWS[cost]}"


def payable_key(good: str) -> str:
    """Input of the share of its price that a recycled good earns."""
    return f"{good}_payable_frac"


def price_key(item: Recycled) -> str:
    """Input of the price of what is sold: a price item, or the price that the good has of its own."""
    return item.price_item or f"{item.item}_price_usd_per_kg"


def recycling_input_rows(tables: ReportTables) -> list[InputRow]:
    """Inputs of recycling; none where the scenario gives the value of a spent pack."""
    return [_input(key, words, row) for key, words, row, _ in _rows(tables)]


def recycling_addresses(tables: ReportTables) -> dict[str, str]:
    """Key of an input -> where it stands in a scenario."""
    return {key: address for key, _, _, address in _rows(tables)}


def _rows(tables: ReportTables) -> Iterator[tuple[str, str, Row, str]]:
    """Key, words, catalog row and address of every input."""
    designs = [design for pack in tables.packs for design in pack.designs]
    used = dict.fromkeys((design.route, item.item, item.is_cost) for design in designs for item in design.recycled)
    routes, goods = tables.catalog.table(ROUTES_TABLE), tables.catalog.table(GOODS_TABLE)
    for route, item, is_cost in used:
        name = COST_ROWS[item] if is_cost else f"{item}_recovery_frac"
        words = f"{label(name)}, {route.replace('_', ' ')}"
        address = f"{OVERRIDES}.{ROUTES_TABLE}.{route}.{name}"
        yield f"{route}_{name}", words, routes.one(route=route, name=name), address
    for good in dict.fromkeys(item for _, item, is_cost in used if not is_cost):
        for name in ("payable_frac", "price_usd_per_kg"):
            for row in goods.select(good=good, name=name):
                yield f"{good}_{name}", label(f"{good}_{name}"), row, f"{OVERRIDES}.{GOODS_TABLE}.{good}.{name}"


def _input(key: str, words: str, row: Row) -> InputRow:
    low = 0.0 if row.low_value is None else row.low_value
    high = (1.0 if row.unit == "1" else row.value * _HIGH_MULTIPLE) if row.high_value is None else row.high_value
    dated = str(row.price_year or "")
    return InputRow(
        key, words, GROUP, row.value, row.unit, min(low, row.value), max(high, row.value), row.source, dated, row.kind
    )
