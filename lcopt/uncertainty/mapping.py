"""The best design over two fields: a map of who wins where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import LcoptError
from lcopt.inputs.quantities import did_you_mean
from lcopt.selection.linear_costs import LinearCosts, best_of_samples
from lcopt.uncertainty.choices import Choices
from lcopt.uncertainty.decided import Decided
from lcopt.uncertainty.factors import TABLE, Factor, factors_of
from lcopt.uncertainty.terms import Terms
from lcopt.uncertainty.tornado import NOTHING_FITS

COLUMNS = (
    "x_field",
    "x_value",
    "x_unit",
    "y_field",
    "y_value",
    "y_unit",
    "platform",
    "chemistry",
    "best_usd",
)


@dataclass(frozen=True)
class Axis:
    """A field from its low to its high end: a price by its number, or a factor."""

    field: str
    unit: str
    values: FloatArray
    price: int | None
    factor: Factor | None


def map_table(
    decided: Decided,
    choices: Choices,
    survivors: IntArray,
    fields: tuple[str, str] | None,
    names: Mapping[str, Sequence[str]],
    factors: Sequence[Factor],
) -> pd.DataFrame:
    """The best choice at every point of two fields; empty where None are asked for.

    Parameters
    ----------
    decided : Decided
    choices : Choices
    survivors : ndarray, shape (n_survivors,)
        Choices that can become the best when a factor moves.
    fields : tuple of str
        As the tornado names them.
    names : mapping
        `platform` and `chemistry` of every choice in words.
    factors : sequence of Factor

    Raises
    ------
    LcoptError
        Where a field is none of those that are uncertain.
    """
    if fields is None:
        return pd.DataFrame(columns=list(COLUMNS))
    x, y = (_axis(decided, field, factors, place) for place, field in enumerate(fields))
    if x.factor is None and y.factor is None:
        survivors = np.arange(len(choices.pairs))
    rows = []
    for terms, fixed in _terms(decided, x, y):
        fitting, costs = (survivors, choices.costs) if not fixed else _fitting(decided, choices, survivors, terms)
        points = _points(decided.prices.values, x, y, fixed)
        best = _best(fitting, costs, np.stack([prices for _, prices in points]), names)
        for (at, _), own in zip(points, best, strict=True):
            rows.append((x.field, at[0], x.unit, y.field, at[1], y.unit, *own))
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(["y_value", "x_value"], ignore_index=True)


def map_ends(decided: Decided, fields: tuple[str, str] | None) -> FloatArray:
    """Prices at the low and the high end of a map on which candidates are evaluated anew, shape (2 or 0, n_prices).

    Raises
    ------
    LcoptError
        Where a field is none of those that are uncertain.
    """
    ends = np.tile(decided.prices.values, (2, 1))
    factors = factors_of(decided.scenario, decided.catalog)
    axes = [_axis(decided, field, factors, place) for place, field in enumerate(fields or ())]
    for axis in axes:
        if axis.price is not None:
            ends[:, axis.price] = axis.values[0], axis.values[-1]
    return ends if any(axis.factor is not None for axis in axes) else ends[:0]


def _fitting(decided: Decided, choices: Choices, survivors: IntArray, terms: Terms) -> tuple[IntArray, LinearCosts]:
    """The survivors that meet every limit under some terms, and their costs by prices, of as many packs as planned."""
    under = decided.under(terms)
    moved = under.moved(choices.pairs[survivors])
    costs, ratio = under.linear_costs(moved), under.packs_ratio
    met = moved.met & np.isfinite(moved.cost_usd)
    return survivors[met], LinearCosts(costs.fixed_usd * ratio, costs.usd_per_price * ratio).take(met)


def _best(
    fitting: IntArray, costs: LinearCosts, prices: FloatArray, names: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, float]]:
    """Platform, chemistry and cost of the best at prices (n_points, n_prices); without end where nothing fits."""
    if not len(fitting):
        yield from [(NOTHING_FITS, NOTHING_FITS, np.inf)] * len(prices)
        return
    found = best_of_samples(costs, prices)
    for winner, cost in zip(fitting[found.winner].tolist(), found.cost_usd.tolist(), strict=True):
        yield names["platform"][winner], names["chemistry"][winner], cost


def _terms(decided: Decided, x: Axis, y: Axis) -> Iterator[tuple[Terms, dict[int, float]]]:
    """The terms at every point of the axes that are factors, with the values there by the number of the axis."""
    cases: list[tuple[Terms, dict[int, float]]] = [(decided.terms_at_prices, {})]
    for number, axis in enumerate((x, y)):
        if axis.factor is not None:
            at = axis.factor.at
            cases = [
                (at(terms, value), {**fixed, number: value}) for terms, fixed in cases for value in axis.values.tolist()
            ]
    yield from cases


def _points(
    center: FloatArray, x: Axis, y: Axis, fixed: Mapping[int, float]
) -> list[tuple[tuple[float, float], FloatArray]]:
    """The points of a case, each with its prices."""
    found = []
    for x_value in [fixed[0]] if 0 in fixed else x.values.tolist():
        for y_value in [fixed[1]] if 1 in fixed else y.values.tolist():
            prices = center.copy()
            for axis, value in ((x, x_value), (y, y_value)):
                if axis.price is not None:
                    prices[axis.price] = value
            found.append(((x_value, y_value), prices))
    return found


def _axis(decided: Decided, field: str, factors: Sequence[Factor], place: int) -> Axis:
    counts = [int(decided.catalog.table(TABLE).one(name=f"map_{kind}_count").value) for kind in ("points", "factors")]
    for number, price in enumerate(decided.prices.uncertain):
        if price.field == field:
            return Axis(field, price.unit, np.linspace(price.low, price.high, counts[0]), number, None)
    for factor in factors:
        if factor.field == field and factor.switchable:
            return Axis(field, factor.unit, np.linspace(factor.low, factor.high, counts[1]), None, factor)
    known = [price.field for price in decided.prices.uncertain]
    known += [factor.field for factor in factors if factor.switchable]
    where = decided.scenario.origins.get(f"uncertainty.map.{place}") or decided.scenario.origins.get("uncertainty.map")
    message = (
        f"{f'{where}: ' if where else ''}uncertainty.map: no uncertain field '{field}'; expected one of: "
        f"{', '.join(known)}; {did_you_mean(field, tuple(known))}"
    )
    raise LcoptError(message.rstrip("; "))


def default_fields(importance: pd.DataFrame) -> tuple[str, str] | None:
    """The two prices that decide most between the chosen and the others; None where there are not two."""
    lead = importance[(importance["output"] == "lead") & (importance["total_frac"] > 0)]
    fields = lead["field"].head(2).tolist()
    return (fields[0], fields[1]) if len(fields) == 2 else None
