"""The cage of the solver: hands it the arrays of a model, runs HiGHS, hands out plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import highspy
import numpy as np
from pyomo.common.tee import capture_output

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import SolverError
from lcopt.selection.joining import Arrays, joined_arrays
from lcopt.selection.model import PortfolioModel
from lcopt.units import USD_PER_MUSD

DEFAULT_TIME_LIMIT_S = 600.0
# Of the gap asked for; the rest is left to the secants.
SOLVER_GAP_SHARE = 0.1
TOLERANCE = 1e-9
OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": TOLERANCE,
    "primal_feasibility_tolerance": TOLERANCE,
}
STOPPED = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt)
IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


@dataclass(frozen=True)
class Relaxation:
    """Optimum of the model without whole numbers, and what it charges for each sum over candidates.

    Attributes
    ----------
    cost_usd : float
    pack_usd : ndarray, shape (n_packs,)
        What serving a pack is worth.
    platform_usd : ndarray, shape (n_groups,)
        Charged for the platform to every pair of a pack on it, row for row as `columns.served`.
    segment_usd : ndarray, shape (n_pack_segments,)
        Charged to every part of a pack in a segment of a line.
    sums_usd : dict of ndarray
        By the name of a sum of the model, and each of its indices: charged to what the candidates add to it.
    open_usd : ndarray, shape (n_frame_platforms,)
        What of opening a platform of the frame no pack pays.
    rows_usd : dict of float
        What a row over platforms charges for each unit of its coefficient, by its name.
    choose : ndarray, shape (n_pairs,)
        Share of each pair in the optimum.
    """

    cost_usd: float
    pack_usd: FloatArray
    platform_usd: FloatArray
    segment_usd: FloatArray
    sums_usd: dict[str, FloatArray]
    open_usd: FloatArray
    rows_usd: dict[str, float]
    choose: FloatArray


@dataclass(frozen=True)
class Solution:
    """What the solver found and proved.

    Attributes
    ----------
    chosen : ndarray, shape (n_packs,), or None
        Index into the pairs, one a pack; None where the solver found no choice in time.
    bound_usd : float
        HiGHS' dual bound: no choice of the model costs less. Infinite where the model has no choice.
    finished : bool
        Whether the solver went on to the gap asked for.
    """

    chosen: IntArray | None
    bound_usd: float
    finished: bool
    status: str
    solver: str


@cache
def _greet() -> None:
    """Let HiGHS print its banner unseen: the first solver of a process does so before it can be silenced."""
    with capture_output(capture_fd=True):
        highspy.Highs()  # type: ignore[no-untyped-call]


def transferred(arrays: Arrays, gap_frac: float, time_limit_s: float) -> highspy.Highs:
    """HiGHS with the program in it."""
    _greet()
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {**OPTIONS, "mip_rel_gap": gap_frac * SOLVER_GAP_SHARE, "time_limit": time_limit_s}.items():
        solver.setOptionValue(name, value)
    rows_count, columns_count = arrays.matrix.shape
    kinds = np.zeros(columns_count, dtype=np.int32)
    kinds[arrays.whole] = 1
    solver.passModel(
        columns_count,
        rows_count,
        arrays.matrix.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        arrays.offset,
        arrays.cost,
        arrays.lower,
        arrays.upper,
        arrays.row_lower,
        arrays.row_upper,
        arrays.matrix.indptr.astype(np.int32, copy=False),
        arrays.matrix.indices.astype(np.int32, copy=False),
        arrays.matrix.data,
        kinds,
    )
    return solver


def solve_model(model: PortfolioModel, gap_frac: float, time_limit_s: float) -> Solution:
    """Solve the model.

    Parameters
    ----------
    model : PortfolioModel
    gap_frac : float
        Relative gap that the whole proof may leave.
    time_limit_s : float

    Notes
    -----
    No known choice is handed over as a start: HiGHS 1.16.0 forgets what presolve took out of the objective when it
    takes one over, and then proves a wrong optimum. The caller keeps its choice.
    """
    arrays = joined_arrays(model)
    solver = transferred(arrays, gap_frac, time_limit_s)
    solver.run()
    status = solver.getModelStatus()
    words, version = solver.modelStatusToString(status), f"HiGHS {solver.version()}"
    if status in IMPOSSIBLE:
        return Solution(None, np.inf, finished=True, status=words, solver=version)
    if status != highspy.HighsModelStatus.kOptimal and status not in STOPPED:
        message = f"HiGHS failed with '{words}'; this is a mistake in lcopt, please report the scenario"
        raise SolverError(message)
    info = solver.getInfo()
    chosen = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = np.asarray(solver.getSolution().col_value)
        first = arrays.structural_count
        chosen = np.flatnonzero(values[first : first + model.columns.pairs_count] > 0.5)
    return Solution(
        chosen=chosen,
        bound_usd=float(info.mip_dual_bound) * USD_PER_MUSD,
        finished=status == highspy.HighsModelStatus.kOptimal,
        status=words,
        solver=version,
    )


def solve_relaxation(model: PortfolioModel, time_limit_s: float) -> Relaxation | None:
    """Solve the model without whole numbers; None where it has no solution or the time is over."""
    arrays = joined_arrays(model)
    solver = transferred(replace(arrays, whole=np.zeros(len(arrays.cost), dtype=bool)), 1.0, time_limit_s)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    dual = np.asarray(solution.row_dual) * USD_PER_MUSD
    frame, rows = arrays.frame, arrays.rows
    in_frame = dual[rows.frame] / frame.scale
    charged = -(in_frame @ frame.over_sums)
    ends = np.cumsum([variable_rows.shape[0] for _, variable_rows in model.sums])
    names = [variable.name for variable, _ in model.sums]
    sums_usd = dict(zip(names, np.split(charged, ends[:-1]), strict=True))
    return Relaxation(
        cost_usd=float(solver.getInfo().objective_function_value) * USD_PER_MUSD,
        pack_usd=in_frame[frame.pack_rows],
        platform_usd=-dual[rows.only_open_platforms],
        segment_usd=-dual[rows.only_in_the_segment],
        sums_usd=sums_usd,
        open_usd=np.asarray(solution.col_dual)[arrays.open_columns] * USD_PER_MUSD,
        rows_usd={name: -float(in_frame[bounds].sum()) for name, bounds in frame.platform_rows.items()},
        choose=np.asarray(solution.col_value)[arrays.structural_count :][: model.columns.pairs_count],
    )
