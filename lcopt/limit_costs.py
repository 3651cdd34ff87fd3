"""What each limit of each pack and of the fleet costs: by solving again with the limit a step looser or tighter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from lcopt.errors import InfeasibleError, LcoptError
from lcopt.inputs.portfolio_limits import PLATFORMS, SHARE, FleetLimit
from lcopt.inputs.scenario import Scenario
from lcopt.performance.limits import Limit, LimitKind, Sense, check_limits
from lcopt.result_tables import BINDING_WITHIN_FRAC
from lcopt.selection.cold import energy_at, power_at
from lcopt.selection.engineering import Engineering
from lcopt.selection.instance import PLATFORMS_MAX, PortfolioInstance
from lcopt.selection.portfolio import Portfolio, numbered, select
from lcopt.selection.portfolio_answers import Asked
from lcopt.selection.portfolio_rows import Fleet, limit_values, pair_rows, platform_rows
from lcopt.selection.proving import prove
from lcopt.study import decision

FLEET = "(fleet)"
TIGHTENED, RELAXED = "tightened", "relaxed"
NESTED, EXPLORED, SAME = "the optimum meets it", "candidates explored anew", "same candidates"
COLUMNS = (
    "pack",
    "quantity",
    "label",
    "sense",
    "limit_value",
    "unit",
    "value",
    "binding",
    "side",
    "step",
    "cost_change_usd",
    "usd_per_unit",
    "usd_per_unit_and_pack",
    "unchanged_until",
    "method",
)
DEMANDS = {"pack_energy_kwh": "energy_kwh", "pack_power_kw": "power_kw"}
LIMITS = {
    "charging_time_min": "charging_time_max_min",
    "pack_specific_energy_wh_per_kg": "specific_energy_min_wh_per_kg",
    "pack_energy_density_wh_per_l": "energy_density_min_wh_per_l",
    "pack_mass_kg": "mass_max_kg",
    "pack_volume_l": "volume_max_l",
    "pack_length_mm": "length_max_mm",
    "pack_width_mm": "width_max_mm",
    "pack_height_mm": "height_max_mm",
    "cold_charging_time_min": "cold_charging_time_max_min",
    "soh_life_yr": "life_min_yr",
    "soh_life_km": "life_distance_min_km",
}
Progress = Callable[[str, float], None]
T = TypeVar("T")


def shadow_costs(
    scenario: Scenario,
    step_frac: float = 0.01,
    *,
    explore: bool = True,
    binding_only: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """What each limit costs: the change of the fleet's cost where it is a step tighter, and a step looser.

    Parameters
    ----------
    scenario : Scenario
    step_frac : float
        Step, as a share of the limit; a cap on whole platforms moves by one.
    explore : bool
        Explore the candidates anew under each changed limit (slow, a search for each), since those of the scenario lie
        where its own limits bind. Without it the candidates stay: a relaxed limit then saves at least, and a tightened
        one costs at most, what is told.
    binding_only : bool
        Only limits that the chosen designs reach.
    progress : callable, optional
        Called with the name of the limit and the share of limits that is done.

    Returns
    -------
    DataFrame
        Two rows a limit, `tightened` and `relaxed`: its value, the step with its sign, the change of the fleet's
        cost (infinite where nothing fits), the same per unit of the step and per pack sold, the value of the limit up
        to which nothing changes, and how the change was found. Limits of the fleet have the pack `(fleet)`.

    Notes
    -----
    A chosen design that meets the tighter limit stays the optimum there: nothing is solved. Energy and power are
    demands, on which a pack is built and costed; they are always explored anew. Rules of safety and warranty have no
    value to move. The cost of a limit is a difference of two proven optima, not a dual value.
    """
    if not 0 < step_frac < 1:
        message = f"step_frac is {step_frac!r}; expected a share above 0 and below 1"
        raise LcoptError(message)
    asked, portfolio, engineering = decision(scenario)
    ask = _Limits(scenario, asked, portfolio, engineering, explore)
    moved = [item for item in ask.limits() if item.binding or not binding_only]
    rows: list[dict[str, object]] = []
    for number, item in enumerate(moved):
        if progress is not None:
            progress(item.limit.label, number / len(moved))
        rows += [ask.row(item, side, step_frac) for side in (TIGHTENED, RELAXED)]
    rows += list(_fleet_rows(ask, step_frac, binding_only=binding_only))
    return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class _OfPack:
    """One limit of one pack, with the value that the chosen design reaches."""

    place: int
    limit: Limit
    value: float

    @property
    def binding(self) -> bool:
        return abs(self.value - self.limit.bound) <= BINDING_WITHIN_FRAC * abs(self.limit.bound)

    def moved(self, side: str, step_frac: float) -> float:
        """The bound a step to one side."""
        looser = self.limit.sense is Sense.AT_MOST
        sign = 1.0 if looser == (side == RELAXED) else -1.0
        return self.limit.bound + sign * step_frac * abs(self.limit.bound)


@dataclass(frozen=True)
class _Limits:
    scenario: Scenario
    asked: Asked
    portfolio: Portfolio
    engineering: Engineering
    explore: bool

    def limits(self) -> Iterator[_OfPack]:
        """Every limit of the scenario that has a value to move."""
        chosen = self.asked.instance.pairs.candidate[self.asked.best.chosen]
        for place, explored in enumerate(self.portfolio.explored):
            for limit in explored.task.scenario_limits:
                if limit.bound and self.changed(place, limit, limit.bound) is not None:
                    yield _OfPack(place, limit, float(explored.values[limit.quantity][chosen[place]]))

    def changed(self, place: int, limit: Limit, bound: float) -> Scenario | None:
        """The scenario with another value of one limit; None of what is no number."""
        pack, quantity = self.scenario.packs[place], limit.quantity
        limits = pack.limits
        if quantity in DEMANDS:
            pack = _with(pack, DEMANDS[quantity], bound)
        elif quantity in LIMITS:
            pack = replace(pack, limits=_with(limits, LIMITS[quantity], bound))
        else:
            energies = _moved_at(limits.usable_energy_min_kwh_at, energy_at, quantity, bound)
            powers = _moved_at(limits.power_min_kw_at, power_at, quantity, bound)
            if energies is None and powers is None:
                return None
            energies, powers = energies or limits.usable_energy_min_kwh_at, powers or limits.power_min_kw_at
            pack = replace(pack, limits=replace(limits, usable_energy_min_kwh_at=energies, power_min_kw_at=powers))
        packs = self.scenario.packs
        return replace(self.scenario, packs=(*packs[:place], pack, *packs[place + 1 :]))

    def row(self, item: _OfPack, side: str, step_frac: float) -> dict[str, object]:
        """One limit moved to one side."""
        bound, pack = item.moved(side, step_frac), self.scenario.packs[item.place]
        change, method = self._change(item, side, bound)
        sold = pack.volume_per_yr * self.scenario.finance.production_years
        return _moved_row(pack.name, item, side, bound, change, method, sold)

    def _change(self, item: _OfPack, side: str, bound: float) -> tuple[float, str]:
        """The change of cost, and how it was found."""
        best_usd = self.asked.best.cost_usd
        if item.limit.quantity in DEMANDS:
            return self._explored_usd(item, bound) - best_usd, EXPLORED
        if side == TIGHTENED and replace(item.limit, bound=bound).met(np.array([item.value]))[0]:
            return 0.0, NESTED
        same = self._same_usd(item, bound) - best_usd
        found = min(self._explored_usd(item, bound) - best_usd, same) if self.explore else same
        return (max(found, 0.0) if side == TIGHTENED else min(found, 0.0)), EXPLORED if self.explore else SAME

    def _explored_usd(self, item: _OfPack, bound: float) -> float:
        changed = self.changed(item.place, item.limit, bound)
        assert changed is not None
        try:
            asked, _, _ = decision(changed)
        except InfeasibleError:
            return np.inf
        return asked.best.cost_usd

    def _same_usd(self, item: _OfPack, bound: float) -> float:
        """The cost on the candidates of the scenario, of which more or fewer are within the limit."""
        explored = self.portfolio.explored[item.place]
        limits = tuple(replace(limit, bound=bound) if limit == item.limit else limit for limit in explored.check.limits)
        check = check_limits(limits, explored.values)
        # Of those that missed a limit some are kept for the diagnosis without a cost; they cannot be chosen.
        check = replace(check, met=check.met & np.isfinite(explored.cost_usd_per_pack))
        if (check.feasible == explored.feasible).all():
            return self.asked.best.cost_usd
        if not check.feasible.any():
            return np.inf
        packs = list(self.portfolio.explored)
        packs[item.place] = replace(explored, check=check)
        try:
            selection = select(
                numbered(packs),
                self.engineering,
                self.scenario.search.platforms_max,
                np.inf,
            )
        except InfeasibleError:
            return np.inf
        return selection.certificate.lifecycle_cost_usd


def _with(source: T, name: str, value: Any) -> T:  # noqa: ANN401 - the value of any attribute
    """A frozen record with another value of the attribute of this name."""
    changes: dict[str, Any] = {name: value}
    changed: T = replace(source, **changes)  # type: ignore[type-var]
    return changed


def _moved_at(
    pairs: tuple[tuple[float, float], ...], name_at: Callable[[float], str], quantity: str, bound: float
) -> tuple[tuple[float, float], ...] | None:
    """Limits at temperatures with one of them moved; None where it is none of them."""
    if all(name_at(temperature) != quantity for temperature, _ in pairs):
        return None
    return tuple((degrees, bound if name_at(degrees) == quantity else value) for degrees, value in pairs)


def _fleet_rows(ask: _Limits, step_frac: float, *, binding_only: bool) -> Iterator[dict[str, object]]:
    """Every limit of the fleet that must hold, and the cap on platforms, moved on the same candidates."""
    instance, chosen = ask.asked.instance, ask.asked.best.chosen
    fleet = Fleet(ask.portfolio.explored, ask.engineering, instance.pairs)
    for limit, value in limit_values(fleet, instance, chosen).items():
        if not limit.is_soft:
            sense = Sense.AT_MOST if limit.is_max else Sense.AT_LEAST
            unit = "1" if limit.basis == SHARE else limit.unit
            label = f"{limit.name}: {limit.subject}" if limit.name else limit.subject
            item = _OfPack(0, Limit(limit.quantity, label, sense, limit.bound, unit, LimitKind.SCENARIO), value)
            if item.binding or not binding_only:
                yield from _both_sides(ask, item, step_frac, partial(_at_bound, ask, limit))
    cap = ask.scenario.search.platforms_max
    if cap is not None:
        words = PLATFORMS_MAX.replace("_", " ")
        opened = float(len(ask.asked.best.platforms))
        item = _OfPack(0, Limit(PLATFORMS_MAX, words, Sense.AT_MOST, float(cap), "1", LimitKind.SCENARIO), opened)
        if item.binding or not binding_only:
            yield from _both_sides(ask, item, step_frac, partial(_with_cap, instance))


def _both_sides(
    ask: _Limits, item: _OfPack, step_frac: float, changed: Callable[[float], PortfolioInstance]
) -> Iterator[dict[str, object]]:
    """One limit of the fleet a step tighter and a step looser; a number of platforms moves by one."""
    best_usd, limit = ask.asked.best.cost_usd, item.limit
    for side in (TIGHTENED, RELAXED):
        bound = item.moved(side, step_frac)
        if limit.quantity in {PLATFORMS_MAX, PLATFORMS}:
            bound = limit.bound + (1.0 if bound > limit.bound else -1.0)
        nested = side == TIGHTENED and bool(replace(limit, bound=bound).met(np.array([item.value]))[0])
        change = 0.0 if nested else prove(changed(bound)).cost_usd - best_usd
        yield _moved_row(FLEET, item, side, bound, change, NESTED if nested else SAME)


def _moved_row(
    pack: str, item: _OfPack, side: str, bound: float, change_usd: float, method: str, packs_sold: float = np.nan
) -> dict[str, object]:
    """What a limit costs at another bound."""
    limit, step = item.limit, bound - item.limit.bound
    per_unit = change_usd / step if step else np.nan
    return {
        "pack": pack,
        "quantity": limit.quantity,
        "label": limit.label,
        "sense": limit.sense.value,
        "limit_value": limit.bound,
        "unit": limit.unit,
        "value": item.value,
        "binding": item.binding,
        "side": side,
        "step": step,
        "cost_change_usd": change_usd,
        "usd_per_unit": per_unit,
        "usd_per_unit_and_pack": per_unit / packs_sold,
        "unchanged_until": item.value if side == TIGHTENED else bound if not change_usd else limit.bound,
        "method": method,
    }


def _at_bound(ask: _Limits, limit: FleetLimit, bound: float) -> PortfolioInstance:
    """The instance with another bound of one limit of the fleet."""
    instance, scenario = ask.asked.instance, ask.scenario
    portfolio = scenario.portfolio
    limits = tuple(replace(own, bound=bound) if own == limit else own for own in portfolio.limits)
    buy = tuple(
        replace(quote, supply_max_gwh_per_yr=bound) if number == limit.quote else quote
        for number, quote in enumerate(portfolio.buy, start=1)
    )
    changed = replace(scenario, portfolio=replace(portfolio, limits=limits, buy=buy))
    fleet = Fleet(ask.portfolio.explored, replace(ask.engineering, scenario=changed), instance.pairs)
    over_platforms = platform_rows(fleet, instance.platforms_count)
    caps = instance.platform_rows.take_rows([name == PLATFORMS_MAX for name in instance.platform_rows.names])
    return replace(instance, rows=pair_rows(fleet), platform_rows=over_platforms.with_rows(caps))


def _with_cap(instance: PortfolioInstance, count: float) -> PortfolioInstance:
    """The instance with another cap on the platforms."""
    others = [name != PLATFORMS_MAX for name in instance.platform_rows.names]
    return replace(instance, platform_rows=instance.platform_rows.take_rows(others)).with_platforms_max(int(count))
