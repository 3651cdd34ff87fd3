"""The cage of the solver: solves the portfolio with HiGHS and hands out plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.contrib.solver.solvers.highs import Highs

from lcopt.arrays import IntArray
from lcopt.errors import SolverError
from lcopt.selection.pruning import Pairs
from lcopt.units import USD_PER_MUSD

DEFAULT_TIME_LIMIT_S = 600.0
SOLVER_OPTIONS = {"mip_rel_gap": 1e-9, "mip_abs_gap": 1e-9, "threads": 1, "random_seed": 0}


@dataclass(frozen=True)
class Solution:
    """What the solver found and proved.

    Attributes
    ----------
    chosen : ndarray, shape (n_packs,)
        Index into the pairs, one a pack.
    bound_usd : float
        HiGHS' dual bound: no choice of the model costs less.
    """

    chosen: IntArray
    bound_usd: float
    proven: bool
    status: str
    solver: str


def solve_selection(
    model: pyo.ConcreteModel, pairs: Pairs, pack_names: list[str], time_limit_s: float = DEFAULT_TIME_LIMIT_S
) -> Solution | None:
    """Solve the portfolio.

    Returns
    -------
    Solution or None
        None where the model has no solution (a cap on platforms that the packs cannot meet together).

    Raises
    ------
    SolverError
        Where the solver stops without any choice that meets the rows.
    """
    results = Highs().solve(
        model,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        solver_options=SOLVER_OPTIONS,
        time_limit=time_limit_s,
    )
    condition = results.termination_condition
    if condition in {TerminationCondition.provenInfeasible, TerminationCondition.infeasibleOrUnbounded}:
        return None
    if results.solution_status not in {SolutionStatus.optimal, SolutionStatus.feasible}:
        message = f"HiGHS stopped with '{condition.name}' before it found any choice; raise the time limit"
        raise SolverError(message)
    results.solution_loader.load_vars()
    version = ".".join(str(part) for part in results.solver_version)
    return Solution(
        chosen=_chosen(model, pairs, pack_names),
        bound_usd=float(results.objective_bound) * USD_PER_MUSD,
        proven=results.solution_status is SolutionStatus.optimal,
        status=condition.name,
        solver=f"HiGHS {version}",
    )


def _chosen(model: pyo.ConcreteModel, pairs: Pairs, pack_names: list[str]) -> IntArray:
    """Index of the chosen pair of every pack."""
    share = np.array(
        [
            pyo.value(model.choose[pack_names[pack], f"p{platform}"])
            for pack, platform in zip(pairs.pack, pairs.platform, strict=True)
        ]
    )
    picked = np.flatnonzero(share > 0.5)
    return picked[np.argsort(pairs.pack[picked])].astype(np.int64)
