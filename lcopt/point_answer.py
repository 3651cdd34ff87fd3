"""The proven choice of a scenario without the tables of a result, for sweeps that ask thousands of times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from lcopt.inputs.catalog import Catalog, packaged_catalog
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.words import FORMATS
from lcopt.point_diagnosis import explored_or_diagnosed
from lcopt.result_building import scenario_catalog
from lcopt.result_words import platform_labels
from lcopt.selection.certificate import Certificate, over_all
from lcopt.selection.choice import cheapest_model, choose
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.memory import Memory
from lcopt.selection.portfolio import Selection
from lcopt.selection.solver import DEFAULT_TIME_LIMIT_S


@dataclass(frozen=True)
class PointAnswer:
    """Cost and proof as in the result of `optimize`, and what each pack carries, in the order of the scenario."""

    certificate: Certificate
    ownership_model: str
    designs: tuple[dict[str, Any], ...]


def point_answer(scenario: Scenario, memory: Memory, time_limit_s: float = DEFAULT_TIME_LIMIT_S) -> PointAnswer:
    """What `optimize` chooses, without its tables; prices are not compared.

    Parameters
    ----------
    scenario : Scenario
    memory : Memory
        What earlier scenarios have built; the answer is the same without it.
    time_limit_s : float
        For the solver. [s]

    Raises
    ------
    InfeasibleError
        No candidate meets the limits; `diagnosis` says what would do.
    SolverError
        The solver stopped before any choice was known.
    """
    catalog = catalog_of(scenario)
    engineering = gather_engineering(scenario, catalog)
    explore = partial(explored_or_diagnosed, memory)
    selections = choose(scenario, engineering, catalog, _silent, time_limit_s, explore)
    model = cheapest_model(selections)
    selection = selections[model]
    searches = {id(item): item.certificate for item in selections.values()}
    certificate = over_all(selection.certificate, list(searches.values()))
    return PointAnswer(certificate, model, tuple(_designs(selection, engineering)))


def _designs(selection: Selection, engineering: Engineering) -> list[dict[str, Any]]:
    designs = []
    for explored, chosen in zip(selection.portfolio.explored, selection.chosen, strict=True):
        cell = explored.candidates.platforms.take(np.array([chosen]))
        designs.append(
            {
                "pack": explored.task.pack.name,
                "platform": platform_labels(cell, engineering)[0],
                "chemistry": engineering.chemistries[int(cell.couple[0])],
                "format": FORMATS[int(cell.cell_format[0])],
            }
        )
    return designs


def catalog_of(scenario: Scenario) -> Catalog:
    """The catalog of a scenario; one without rows of its own is kept for the next."""
    if scenario.replaced_rows:
        return scenario_catalog(scenario)
    return _kept_catalog(scenario.finance.price_year, scenario.plant.parts_price_factor)


@lru_cache(maxsize=4)
def _kept_catalog(price_year: int, parts_price_factor: float) -> Catalog:
    return packaged_catalog().in_price_year(price_year).with_parts_at(parts_price_factor)


def _silent(_stage: str, _done: float) -> None:
    return None
