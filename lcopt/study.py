"""The whole flow: a scenario becomes packs, candidates, a proven choice and a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from lcopt.errors import LcoptError, SolverError
from lcopt.exploration import SHELF
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS, HEATERS
from lcopt.result import Result
from lcopt.result_building import build_result, scenario_catalog
from lcopt.result_prices import compare_prices, no_comparison
from lcopt.result_tables import NAMED_COUNTS
from lcopt.selection.choice import cheapest_model, choose
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.explored import Explored
from lcopt.selection.portfolio import Portfolio, explore_packs, select
from lcopt.selection.portfolio_answers import Asked, asked_of
from lcopt.selection.portfolio_risk import cost_at
from lcopt.selection.quotes import sourcing_words
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S

Progress = Callable[[str, float], None]


def optimize(
    scenario: Scenario,
    progress: Progress | None = None,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    jobs: int = 1,
) -> Result:
    """Find the packs with the lowest lifecycle cost within the limits, and prove it.

    Parameters
    ----------
    scenario : Scenario
        As read by `lcopt.read_scenario`.
    progress : callable, optional
        Called with the name of the stage and the share of it that is done.
    time_limit_s : float
        For the solver. [s]
    jobs : int
        Packs that are explored at once, each in a process of its own, and questions around the optimum that are looked
        at together; the result is the same. A script that asks for more than one keeps its work below
        `if __name__ == "__main__":`, since those processes import it.

    Raises
    ------
    InfeasibleError
        No candidate meets the limits; `diagnosis` says what would do.
    SolverError
        The solver stopped before any choice was known.

    Notes
    -----
    Of several business models the one with the lowest lifecycle cost of all packs wins. Sale, lease and service use the
    pack alike, so they share one search; swapped packs have another use and a search of their own. Where the solver
    stops at its time limit, the best choice is returned with the status `stopped` and its true gap.
    """
    told = progress or _silent
    told("catalog", 0.0)
    catalog = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, catalog)
    selections = choose(
        scenario, engineering, catalog, told, time_limit_s, partial(explore_packs, progress=told, jobs=jobs)
    )
    if scenario.asks_uncertainty:
        SHELF.keep_cheapest(scenario, selections, engineering)
    comparison = no_comparison()
    if scenario.prices_compared is not None and all(item.certificate.proven for item in selections.values()):
        model = cheapest_model(selections)
        under = scenario.with_model(model)
        comparison = compare_prices(under, selections[model], catalog, told, time_limit_s)
    told("result", 0.0)
    return build_result(selections, engineering, catalog, comparison, jobs)


def candidates(scenario: Scenario) -> pd.DataFrame:
    """Every feasible candidate of every pack with what it is, can do and costs.

    Column `candidate` numbers the candidates of a pack, `platform` the cell designs: equal numbers are identical cells;
    `given_platform` is the name of a given cell design, empty for a generated one.
    The components of the lifecycle cost (`*_pv_usd_per_pack`) add up to `lifecycle_cost_usd_per_pack`;
    `fleet_cost_usd` is what the pack costs the fleet without platform fixed costs; under a risk of prices there is a
    `fleet_cost_at_<price scenario>_usd` of each price scenario as well.

    The candidates of the scenarios asked for last are kept (`lcopt.exploration`), so that a second call, and
    `portfolio_cost`, do not search again.
    """
    kept = SHELF.explored(scenario)
    parts = [
        _candidate_table(explored, platform, kept.engineering)
        for explored, platform in zip(kept.portfolio.explored, kept.portfolio.platform, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def portfolio_cost(scenario: Scenario, choice: Mapping[str, int]) -> float:
    """Exact fleet cost of a choice [USD]: pack name -> number in the column `candidate` of `candidates`.

    Under a risk of prices it is the risk-adjusted one.

    Raises
    ------
    LcoptError
        Where a pack is missing or unknown, a number is not one of its feasible candidates, or the choice misses a limit
        of the fleet that must hold.
    """
    unknown = sorted(str(name) for name in set(choice) - {pack.name for pack in scenario.packs})
    if unknown:
        message = f"the scenario has no pack {', '.join(unknown)}; it has {', '.join(p.name for p in scenario.packs)}"
        raise LcoptError(message)
    kept, chosen = SHELF.explored(scenario), []
    for pack, pair_of in zip(scenario.packs, kept.pair_of, strict=True):
        number = choice.get(pack.name)
        if not isinstance(number, int | np.integer) or not 0 <= number < len(pair_of) or pair_of[number] < 0:
            found = (
                f"{number} is not the number of a feasible candidate"
                if pack.name in choice
                else "no candidate is chosen"
            )
            message = f"pack '{pack.name}': {found}; see lcopt.candidates(scenario)"
            raise LcoptError(message)
        chosen.append(int(pair_of[number]))
    return kept.cost_usd(np.array(chosen))


def decision(
    scenario: Scenario, time_limit_s: float = DEFAULT_TIME_LIMIT_S, jobs: int = 1
) -> tuple[Asked, Portfolio, Engineering]:
    """The explored candidates of a scenario and its proven choice, for questions around it.

    Raises
    ------
    InfeasibleError
        No candidate meets the limits, or no set of platforms serves all packs.
    SolverError
        The solver stopped without a proof.
    """
    kept = SHELF.explored(scenario, jobs)
    selection = select(kept.portfolio, kept.engineering, scenario.search.platforms_max, time_limit_s)
    if not selection.proof.proven:
        message = (
            f"{scenario.name}: stopped after {time_limit_s:g} s with a gap of {100 * selection.proof.gap_frac:.3g} %; "
            "answers around an optimum need its proof: raise portfolio.gap_max or ask about a smaller search"
        )
        raise SolverError(message)
    return asked_of(selection, kept.engineering), kept.portfolio, kept.engineering


def _candidate_table(explored: Explored, platform: np.ndarray, engineering: Engineering) -> pd.DataFrame:
    index = np.flatnonzero(explored.feasible)
    cells, counts = explored.candidates.platforms.take(index), explored.candidates.counts.take(index)
    classes = engineering.scenario.search.technology_classes
    return pd.DataFrame(
        {
            "pack": explored.task.pack.name,
            "candidate": index,
            "platform": platform[index],
            "chemistry": [engineering.chemistries[number] for number in cells.couple],
            "technology_class": [classes[number] for number in cells.technology_class],
            "format": [FORMATS[number] for number in cells.cell_format],
            "architecture": [ARCHITECTURES[number] for number in counts.architecture],
            "cooling": [COOLINGS[number] for number in counts.cooling],
            "heater": [HEATERS[number] for number in counts.heater],
            "given_platform": engineering.given.names_of(cells),
            "sourcing": sourcing_words(cells, engineering.scenario.portfolio.buy),
            "areal_capacity_mah_per_cm2": cells.areal_capacity_mah_per_cm2,
            "aspect_ratio": cells.aspect_ratio,
            **{name: getattr(counts, name) for name in counts.__dataclass_fields__ if name not in NAMED_COUNTS},
            **{name: value[index] for name, value in explored.values.items() if name != "charging_extrapolated"},
            "fleet_cost_usd": explored.cost_usd_per_pack[index] * explored.task.packs_discounted,
            **{
                f"fleet_cost_at_{priced.scenario.prices}_usd": explored.values[cost_at(priced.scenario.prices)][index]
                * explored.task.packs_discounted
                for priced in engineering.priced
            },
        }
    )


def _silent(_stage: str, _done: float) -> None:
    return None
