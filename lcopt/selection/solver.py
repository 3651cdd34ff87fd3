"""The cage of the solver: joins the model with the arrays of its candidates, runs HiGHS, hands out plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import highspy
import numpy as np
from pyomo.common.tee import capture_output
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler, LinearStandardFormInfo
from scipy import sparse

from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import SolverError
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
class Arrays:
    """A mixed-integer program as arrays: decisions of the model that are no sums first, then columns of candidates.

    `whole` tells which of the first columns take whole numbers; those after its end do not.
    """

    cost: FloatArray
    offset: float
    matrix: sparse.csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: list[bool]
    structural_count: int
    frame: _Frame


@dataclass(frozen=True)
class _Frame:
    """Rows of the model over its sums, to price the sums: their cost, matrix, the scale of the rows, who is who."""

    cost: FloatArray
    matrix: sparse.csr_array
    scale: FloatArray
    places: tuple[IntArray, ...]
    pack_rows: IntArray


@dataclass(frozen=True)
class Relaxation:
    """Optimum of the model without whole numbers, and what it charges for each sum over candidates.

    Attributes
    ----------
    cost_usd : float
    pack_usd : ndarray, shape (n_packs,)
        What serving a pack is worth.
    sums_usd : tuple of ndarray
        For each sum of the model and each of its indices, charged to what the candidates add to it.
    choose : ndarray, shape (n_pairs,)
        Share of each pair in the optimum.
    """

    cost_usd: float
    pack_usd: FloatArray
    sums_usd: tuple[FloatArray, ...]
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


def joined_arrays(model: PortfolioModel) -> Arrays:
    """The model with the arrays of its candidates in place of its sums over them."""
    compiled = LinearStandardFormCompiler().write(model.frame, mixed_form=True, set_sense=None)
    position = {id(variable): at for at, variable in enumerate(compiled.columns)}
    places = tuple(
        np.array([position.get(id(item), -1) for item in variable.values()], dtype=np.int64)
        for variable, _ in model.sums
    )
    blocks = [rows[np.flatnonzero(at >= 0)] for at, (_, rows) in zip(places, model.sums, strict=True)]
    sums = np.concatenate([at[at >= 0] for at in places])
    structural = np.setdiff1d(np.arange(len(compiled.columns)), sums)
    candidates = sparse.vstack(blocks, format="csr")
    frame, cost = sparse.csc_array(compiled.A), np.asarray(compiled.c.todense()).ravel()
    split = model.columns.split_rows()
    over_sums = frame[:, sums].tocsr()
    rows = sparse.hstack([frame[:, structural], over_sums @ candidates], format="csr")
    below = sparse.hstack([sparse.csr_array((split.shape[0], len(structural))), split], format="csr")
    matrix = sparse.vstack([rows, below], format="csr")
    kind = np.array([row.bound_type for row in compiled.rows], dtype=np.int64)
    right = np.concatenate([np.asarray(compiled.rhs, dtype=float), np.zeros(split.shape[0])])
    kind = np.concatenate([kind, np.zeros(split.shape[0], dtype=np.int64)])
    scale = _row_scale(matrix)
    columns = [compiled.columns[at] for at in structural]
    return Arrays(
        cost=np.concatenate([cost[structural], cost[sums] @ candidates]),
        offset=float(compiled.c_offset[0]),
        matrix=_scaled(matrix, scale).tocsc(),
        row_lower=np.where(kind <= 0, right, -np.inf) / scale,
        row_upper=np.where(kind >= 0, right, np.inf) / scale,
        lower=np.append([_or(item.lb, -np.inf) for item in columns], np.zeros(len(model.columns))),
        upper=np.append([_or(item.ub, np.inf) for item in columns], np.ones(len(model.columns))),
        whole=[item.is_binary() for item in columns] + [True] * model.columns.pairs_count,
        structural_count=len(columns),
        frame=_Frame(cost[sums], over_sums, scale[: over_sums.shape[0]], places, _pack_rows(model, compiled)),
    )


def _pack_rows(model: PortfolioModel, compiled: LinearStandardFormInfo) -> IntArray:
    """Where the compiled program holds the row of each pack."""
    row_of = {id(row.constraint): number for number, row in enumerate(compiled.rows)}
    return np.array([row_of[id(row)] for row in model.frame.one_candidate_a_pack.values()], dtype=np.int64)


def _or(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else float(bound)


def _scaled(matrix: sparse.csr_array, scale: FloatArray) -> sparse.csr_array:
    return sparse.csr_array(
        (matrix.data / np.repeat(scale, np.diff(matrix.indptr)), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def _row_scale(matrix: sparse.csr_array) -> FloatArray:
    """Largest coefficient of every row, so that tolerances are relative to the numbers of the row."""
    largest = np.ones(matrix.shape[0])
    filled = np.flatnonzero(np.diff(matrix.indptr))
    largest[filled] = np.maximum.reduceat(np.abs(matrix.data), matrix.indptr[filled])
    return np.where(largest > 0, largest, 1.0)


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
    kinds[: len(arrays.whole)] = arrays.whole
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
        arrays.matrix.indptr.astype(np.int32),
        arrays.matrix.indices.astype(np.int32),
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
    solver = transferred(replace(arrays, whole=[]), 1.0, time_limit_s)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    frame = arrays.frame
    solution = solver.getSolution()
    dual = np.asarray(solution.row_dual)[: len(frame.scale)] / frame.scale
    price = (frame.cost - dual @ frame.matrix) * USD_PER_MUSD
    prices, taken = [], 0
    for at in frame.places:
        own = np.zeros(len(at))
        used = int((at >= 0).sum())
        own[at >= 0] = price[taken : taken + used]
        prices.append(own)
        taken += used
    return Relaxation(
        cost_usd=float(solver.getInfo().objective_function_value) * USD_PER_MUSD,
        pack_usd=dual[frame.pack_rows] * USD_PER_MUSD,
        sums_usd=tuple(prices),
        choose=np.asarray(solution.col_value)[arrays.structural_count :][: model.columns.pairs_count],
    )
