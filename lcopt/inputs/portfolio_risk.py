"""Price scenarios with probabilities: `portfolio: {risk: {prices: {low: 25 %, ...}, tail: 10 %, aversion: 50 %}}`.

All three keys are required: who prices a risk says how likely the prices are and how much the dear ones count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationInfo

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.kinds import KINDS
from lcopt.inputs.quantities import QuantityError, did_you_mean, read_quantity, shown
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import Known, fault, shape_of
from lcopt.inputs.words import CENTRAL, OBJECTIVES

RISK_PATH: Path = ("portfolio", "risk")
RISK_PRICES: Path = (*RISK_PATH, "prices")
EXAMPLE = "{low: 25 %, central: 50 %, high: 25 %}"
# Probabilities whose sum is closer to 1 than this add up to 1.
_ROUNDING = 1e-9


def read_probabilities(value: object, _: ValidationInfo[Known]) -> object:
    """A mapping from price scenarios to their probabilities, which are read afterwards."""
    if not isinstance(value, dict) or not value:
        found = "no price scenario" if value == {} else shape_of(value)
        message = f"found {found}; expected price scenarios, each with its probability"
        raise fault(message, f"write for example {EXAMPLE}")
    return value


def risk_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """An empty block, unknown price scenarios, and probabilities that do not add up to 1."""
    block = tree.data.get("portfolio")
    if not isinstance(block, dict) or "risk" not in block:
        return
    if block["risk"] is None:
        message = "found no value; expected a block, or no key 'risk' at all"
        yield Fault(RISK_PATH, message, f"write for example {{prices: {EXAMPLE}, tail: 10 %, aversion: 50 %}}")
    prices = block["risk"].get("prices") if isinstance(block["risk"], dict) else None
    yield from _probability_faults(prices if isinstance(prices, dict) else {}, catalog)
    uncertainty = tree.data.get("uncertainty")
    objective = uncertainty.get("objective") if isinstance(uncertainty, dict) else None
    if block["risk"] is not None and objective in OBJECTIVES and objective != CENTRAL:
        message = f"'{objective}' is an objective beside portfolio.risk; expected one of the two"
        yield Fault(("uncertainty", "objective"), message, "remove portfolio.risk, or write central")


def _probability_faults(prices: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    known = catalog.table("prices").words("price_scenario")
    for name in prices:
        if name not in known:
            message = f"unknown price scenario {shown(name)}; expected one of: {', '.join(known)}"
            yield Fault((*RISK_PRICES, name), message, did_you_mean(name, known))
    shares = [_share(value) for value in prices.values()]
    total = sum(share for share in shares if share is not None)
    if prices and None not in shares and abs(total - 1) > _ROUNDING:
        message = f"the probabilities add up to {100 * total:.6g} %; expected 100 %"
        yield Fault(RISK_PRICES, message, f"write for example {EXAMPLE}")


def _share(value: object) -> float | None:
    try:
        return read_quantity(value, KINDS["share"]) if isinstance(value, str) else None
    except QuantityError:
        return None
