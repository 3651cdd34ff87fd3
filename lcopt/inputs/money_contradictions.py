"""What must hold between keys on money: business models, tax and depreciation, costing of the plant, compared prices.

Like all contradictions, they are read from the raw tree, and a value that cannot be read is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.catalog_tables import ANY_EXPORTER, GIVEN_ROUTE, SAME_REGION
from lcopt.inputs.fields import OWNERSHIP_USED_BY
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.quantities import QuantityError, read_quantity, shown
from lcopt.inputs.text.tree import Fault, Tree
from lcopt.inputs.values import ALL
from lcopt.inputs.words import LEVELIZED, OWNERSHIP_MODELS, POOLED, SALE

# Key of the tax block -> the schedule that needs it, and an example.
_OF_SCHEDULE = {
    "depreciation_years": ("straight_line", "depreciation_years: 8 yr"),
    "depreciation_rates": ("own", "depreciation_rates: [50 %, 30 %, 20 %]"),
}
# Blocks without which nothing of theirs takes part, each with an example.
_OPTIONAL = {"tax": "{rate: 25 %}", "second_life": "{}"}
# Sums of shares closer to 1 than this are 1.
_ROUNDING = 1e-9


def money_contradictions(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Every mistake in the blocks on money that takes two values to see."""
    for key, example in _OPTIONAL.items():
        if key in tree.data and tree.data[key] is None:
            message = f"found no value; expected a block, or no key '{key}' at all"
            yield Fault((key,), message, f"write for example '{key}: {example}'")
    yield from _ownership_faults(_block(tree, "ownership"))
    yield from _tax_faults(_block(tree, "tax"))
    yield from _plant_faults(_block(tree, "plant"))
    yield from _market_fault(_block(tree, "plant"), catalog)
    yield from _route_faults(_block(tree, "lifecycle"))
    if _block(tree, "portfolio").get("volumes") == POOLED and _block(tree, "tax"):
        message = "pooled volumes are costed before tax; expected no block 'tax'"
        yield Fault(("portfolio", "volumes"), message, "write 'volumes: as_sized', or leave the tax out")
    compared = tree.data.get("prices_compared")
    own = tree.data.get("prices", _default(catalog, "prices"))
    if isinstance(compared, str) and compared == own:
        message = f"{shown(compared)} is the price scenario of the scenario itself; expected another one"
        yield Fault(("prices_compared",), message, "see 'lcopt catalog prices'")


def _block(tree: Tree, key: str) -> dict[str, Any]:
    value = tree.data.get(key)
    return value if isinstance(value, dict) else {}


def _models(block: dict[str, Any]) -> tuple[str, ...]:
    """The models that are named, as far as they can be read."""
    value = block.get("model", SALE)
    names = value if isinstance(value, list) else [value]
    return OWNERSHIP_MODELS if ALL in names else tuple(name for name in names if name in OWNERSHIP_MODELS)


def _ownership_faults(block: dict[str, Any]) -> Iterator[Fault]:
    """Models that are given twice, and terms of a model that is not tried."""
    value = block.get("model")
    names = value if isinstance(value, list) else []
    for index, name in enumerate(names):
        path = ("ownership", "model", index)
        if name in names[:index]:
            yield Fault(path, f"{shown(str(name))} is given twice; expected once", "remove one")
        elif name == ALL and len(names) > 1:
            yield Fault(path, f"'{ALL}' stands beside single names; expected either '{ALL}' or names")
    models = _models(block)
    for key, used_by in OWNERSHIP_USED_BY.items():
        if block.get(key) is not None and models and not set(models) & set(used_by):
            message = f"the key has no effect under the model {', '.join(models)}; expected {' or '.join(used_by)}"
            yield Fault(("ownership", key), message, "set ownership.model, or leave the key out")


def _tax_faults(block: dict[str, Any]) -> Iterator[Fault]:
    if not block:
        return
    schedule = block.get("depreciation", "none")
    for key, (needed_by, example) in _OF_SCHEDULE.items():
        if schedule == needed_by and block.get(key) is None:
            message = f"the schedule {shown(needed_by)} lacks its key '{key}'; expected it"
            yield Fault(("tax", "depreciation"), message, f"write for example '{example}'")
        elif schedule != needed_by and isinstance(schedule, str) and block.get(key) is not None:
            message = f"the key has no effect with the schedule {shown(schedule)}; expected {shown(needed_by)}"
            yield Fault(("tax", key), message, f"write 'depreciation: {needed_by}', or leave the key out")
    if schedule == "none" and (_share(block.get("bonus")) or 0) > 0:
        message = "a bonus has no effect without a schedule; expected straight_line, macrs5 or own"
        yield Fault(("tax", "bonus"), message, "write for example 'depreciation: macrs5', or leave the bonus out")
    rates = block.get("depreciation_rates")
    shares = [_share(item) for item in rates] if isinstance(rates, list) else []
    if None not in shares and sum(share or 0 for share in shares) > 1 + _ROUNDING:
        total = sum(share or 0 for share in shares)
        message = f"the shares add up to {100 * total:.6g} %; expected at most 100 %"
        yield Fault(("tax", "depreciation_rates"), message)
    if (rate := _share(block.get("rate"))) is not None and rate >= 1:
        yield Fault(("tax", "rate"), "a tax of 100 % leaves nothing; expected less", "write for example '25 %'")


def _share(value: object) -> float | None:
    try:
        return read_quantity(value, KINDS["share"]) if isinstance(value, str) else None
    except QuantityError:
        return None


def _plant_faults(block: dict[str, Any]) -> Iterator[Fault]:
    if block.get("wacc") is not None and block.get("costing") != LEVELIZED:
        message = "the cost of capital has no effect in the costing of the reference; expected the levelized one"
        yield Fault(("plant", "wacc"), message, f"write 'costing: {LEVELIZED}', or leave the key out")


def _market_fault(block: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    """A market whose tariff on the packs of the region is not known."""
    market, region = block.get("market"), block.get("region", _default(catalog, "region"))
    known = catalog.table("regions").words("region")
    if market not in known or region not in known or market == region:
        return
    tariffs = catalog.table("tariffs")
    exporters = {row.keys["exporter"] for row in tariffs.select(market=str(market))}
    if not exporters & {region, ANY_EXPORTER}:
        markets = [name for name in tariffs.words("market") if name in known]
        message = f"no tariff on packs from {shown(str(region))} in {shown(str(market))} is known"
        expected = f"expected {SAME_REGION} or one of: {', '.join(markets)}"
        yield Fault(("plant", "market"), f"{message}; {expected}", "add a row to tariffs.csv")


def _default(catalog: Catalog, name: str) -> str:
    return catalog.table("scenario_defaults").one(name=name).text


def _route_faults(block: dict[str, Any]) -> Iterator[Fault]:
    route = block.get("recycling_route")
    if block.get("end_of_life_value") is not None and isinstance(route, str) and route != GIVEN_ROUTE:
        message = f"the value has no effect with the recycling route {shown(route)}; expected one of the two"
        hint = f"leave it out, or write 'recycling_route: {GIVEN_ROUTE}'"
        yield Fault(("lifecycle", "end_of_life_value"), message, hint)
