"""Single prices that a caller replaces: text with a unit, or numbers in the item's catalog unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.kinds import MONEY_KIND_OF_UNIT
from lcopt.inputs.money import MoneyBasis, money_basis
from lcopt.inputs.quantities import QuantityError, names_like, read_quantity, shown

PLACE = "price_overrides"


def read_price_overrides(prices: Mapping[str, float | str], catalog: Catalog) -> dict[str, float]:
    """Prices by item in the unit of `prices.csv`, in USD of the catalog's price year.

    Text in another currency, or with a year of its own, needs a catalog brought to a price year.

    Raises
    ------
    ScenarioError
        With every unknown item, wrong unit, and price that is not finite or not above 0.
    """
    units = {row.keys["item"]: row.unit for row in catalog.table("prices").rows}
    money = money_basis(catalog, catalog.price_year)
    read: dict[str, float] = {}
    problems = []
    for item, price in prices.items():
        if item not in units:
            hint = names_like(str(item), list(units)) or f"one of {', '.join(units)}"
            problems.append(Problem(PLACE, 0, 0, str(item), "no such price item", hint))
            continue
        try:
            read[item] = _price(price, units[item], money)
        except QuantityError as error:
            problems.append(Problem(PLACE, 0, 0, item, error.message, error.hint))
    if problems:
        raise ScenarioError(problems)
    return read


def _price(price: float | str, unit: str, money: MoneyBasis | None) -> float:
    if isinstance(price, bool) or not isinstance(price, str | Real):
        message = f"{shown(str(price))} is not a price; expected text with its unit or a number"
        raise QuantityError(message, f"write for example '5 {unit}'")
    number = read_quantity(price, MONEY_KIND_OF_UNIT[unit], money) if isinstance(price, str) else float(price)
    if not math.isfinite(number) or number <= 0:
        message = f"{price} is not a price; expected a number above 0"
        raise QuantityError(message, f"write it in {unit}")
    return number
