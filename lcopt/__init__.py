"""lcopt: the battery pack with the lowest lifecycle cost within its limits, with a proof."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lcopt.answers import k_best, near_optimal
    from lcopt.errors import (
        CatalogError,
        InfeasibleError,
        LcoptError,
        Problem,
        ReportError,
        ScenarioError,
        SolverError,
    )
    from lcopt.evaluation import evaluate
    from lcopt.fronts import pareto
    from lcopt.inputs.own_data.user_data import read_catalog
    from lcopt.inputs.reader import SweepPoint, read_scenario, read_scenarios, read_sweep
    from lcopt.inputs.scenario import Scenario
    from lcopt.lifecycle_cases import lifecycle_case
    from lcopt.limit_costs import shadow_costs
    from lcopt.report.workbook import write_report
    from lcopt.result import Result
    from lcopt.result_building import recost
    from lcopt.study import candidates, optimize, portfolio_cost
    from lcopt.sweeps import sweep
    from lcopt.switching import switching_values
    from lcopt.uncertainty.study import Sensitivity, sensitivity
    from lcopt.validation import validate

_ROOM_OF_NAME = {
    "CatalogError": "errors",
    "InfeasibleError": "errors",
    "LcoptError": "errors",
    "Problem": "errors",
    "ReportError": "errors",
    "Result": "result",
    "Scenario": "inputs.scenario",
    "ScenarioError": "errors",
    "Sensitivity": "uncertainty.study",
    "SolverError": "errors",
    "SweepPoint": "inputs.reader",
    "candidates": "study",
    "evaluate": "evaluation",
    "k_best": "answers",
    "lifecycle_case": "lifecycle_cases",
    "near_optimal": "answers",
    "optimize": "study",
    "pareto": "fronts",
    "portfolio_cost": "study",
    "read_catalog": "inputs.own_data.user_data",
    "read_scenario": "inputs.reader",
    "read_scenarios": "inputs.reader",
    "read_sweep": "inputs.reader",
    "recost": "result_building",
    "sensitivity": "uncertainty.study",
    "shadow_costs": "limit_costs",
    "sweep": "sweeps",
    "switching_values": "switching",
    "validate": "validation",
    "write_report": "report.workbook",
}
__all__ = [
    "CatalogError",
    "InfeasibleError",
    "LcoptError",
    "Problem",
    "ReportError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "SolverError",
    "SweepPoint",
    "candidates",
    "evaluate",
    "k_best",
    "lifecycle_case",
    "near_optimal",
    "optimize",
    "pareto",
    "portfolio_cost",
    "read_catalog",
    "read_scenario",
    "read_scenarios",
    "read_sweep",
    "recost",
    "sensitivity",
    "shadow_costs",
    "sweep",
    "switching_values",
    "validate",
    "write_report",
]


def __getattr__(name: str) -> object:
    """Load a public name on its first use, so that `import lcopt` is quick."""
    if name == "__version__":
        return import_module("importlib.metadata").version("lcopt")
    if name not in _ROOM_OF_NAME:
        message = f"module 'lcopt' has no attribute '{name}'"
        raise AttributeError(message)
    value = getattr(import_module(f"lcopt.{_ROOM_OF_NAME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
