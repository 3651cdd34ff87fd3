"""The proven choice of a scenario under each of its business models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lcopt.errors import InfeasibleError
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.words import SALE, SWAP
from lcopt.selection.engineering import Engineering
from lcopt.selection.portfolio import Portfolio, Selection, select, under_objective
from lcopt.selection.tasks import PackTask, pack_task

Progress = Callable[[str, float], None]
# Gives the candidates of packs.
Explore = Callable[[Sequence[PackTask], Engineering], Portfolio]


def choose(
    scenario: Scenario,
    engineering: Engineering,
    catalog: Catalog,
    told: Progress,
    time_limit_s: float,
    explore: Explore,
) -> dict[str, Selection]:
    """The proven choice under every business model that meets the limits, one for all models of the same use.

    Raises
    ------
    InfeasibleError
        Where no model has a design within the limits.
    SolverError
        Where the solver stops before any choice is known.
    """
    found: dict[str, Selection] = {}
    missed: list[InfeasibleError] = []
    for models in _models_by_use(scenario):
        under = scenario.with_model(models[0])
        packs = [pack_task(pack, under, catalog, engineering) for pack in scenario.packs]
        told("candidates", 0.0)
        try:
            portfolio = under_objective(explore(packs, engineering), engineering, catalog)
            told("selection", 0.0)
            selection = select(portfolio, engineering, scenario.search.platforms_max, time_limit_s)
        except InfeasibleError as error:
            missed.append(error)
        else:
            found |= dict.fromkeys(models, selection)
    if not found:
        raise missed[0]
    return found


def _models_by_use(scenario: Scenario) -> list[tuple[str, ...]]:
    """The business models of a scenario: those of plugged packs, a sale first as it costs least; then swap."""
    plugged = sorted((model for model in scenario.ownership.models if model != SWAP), key=lambda model: model != SALE)
    swapped = tuple(model for model in scenario.ownership.models if model == SWAP)
    return [models for models in (tuple(plugged), swapped) if models]


def cheapest_model(selections: Mapping[str, Selection]) -> str:
    """The business model whose choice costs least; the first of equals."""
    return min(selections, key=lambda model: selections[model].certificate.lifecycle_cost_usd)
