"""Joins the model that a reader reads with the arrays of its candidates: a mixed-integer program in plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler, LinearStandardFormInfo
from scipy import sparse

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.columns import Columns
from lcopt.selection.model import PortfolioModel


@dataclass(frozen=True)
class Rows:
    """Where the rows stand: those of the frame, the many alike, and those that split a choice into its parts."""

    frame: slice
    only_open_platforms: slice
    only_in_the_segment: slice
    split: slice

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.split.stop)


@dataclass(frozen=True)
class FrameRows:
    """Rows of the frame, each divided by its largest coefficient.

    Attributes
    ----------
    over_sums : sparse array, shape (n_frame_rows, n_sums)
        What the rows count of each sum over candidates, before the division.
    scale : ndarray, shape (n_frame_rows,)
    pack_rows : ndarray, shape (n_packs,)
        Where the row of each pack stands.
    platform_rows : dict of list of int
        Where the bounds of each row over platforms stand, by its name.
    """

    over_sums: sparse.csr_array
    scale: FloatArray
    pack_rows: IntArray
    platform_rows: dict[str, list[int]]


@dataclass(frozen=True)
class Arrays:
    """A mixed-integer program as arrays: decisions of the model that are no sums first, then columns of candidates.

    `whole` tells which columns take whole numbers, `open_columns` which decide on the platforms of the frame.
    """

    cost: FloatArray
    offset: float
    matrix: sparse.csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray
    structural_count: int
    open_columns: IntArray
    rows: Rows
    frame: FrameRows


def joined_arrays(model: PortfolioModel) -> Arrays:
    """The model with the arrays of its candidates in place of its sums over them, and with its many rows alike."""
    columns = model.columns
    compiled = LinearStandardFormCompiler().write(model.frame, mixed_form=True, set_sense=None)
    decisions, position = _decisions(model, compiled)
    matrix, cost = sparse.csc_array(compiled.A), np.asarray(compiled.c.todense()).ravel()
    over_sums, on_columns = _over_sums(model, compiled, matrix)
    at = np.array([place for place, item in enumerate(compiled.columns) if id(item) in position], dtype=np.int64)
    added = sparse.csc_array((matrix.shape[0], len(decisions) - len(at)))
    structural = sparse.csc_array(sparse.hstack([matrix[:, at], added], format="csc"))
    scale = _row_scale(structural, on_columns)
    rows = _row_places(matrix.shape[0], columns)
    kind = np.array([row.bound_type for row in compiled.rows], dtype=np.int64)
    right = np.asarray(compiled.rhs, dtype=float) / scale
    row_lower, row_upper = np.full(rows.count, -np.inf), np.zeros(rows.count)
    row_lower[rows.frame], row_upper[rows.frame] = (
        np.where(kind <= 0, right, -np.inf),
        np.where(kind >= 0, right, np.inf),
    )
    row_lower[rows.split] = 0.0
    blocks = [
        _structural_block(model, structural, scale, rows, position),
        _choose_block(columns, on_columns[:, : columns.pairs_count], scale, rows),
        _part_block(columns, on_columns[:, columns.pairs_count :], scale, rows),
    ]
    return Arrays(
        cost=np.concatenate(
            [cost[at], np.zeros(len(decisions) - len(at)), columns.choose_cost_musd, columns.part_cost_musd]
        ),
        offset=float(compiled.c_offset[0]),
        matrix=sparse.hstack(blocks, format="csc"),
        row_lower=row_lower,
        row_upper=row_upper,
        lower=np.append([_or(item.lb, -np.inf) for item in decisions], np.zeros(len(columns))),
        upper=np.append([_or(item.ub, np.inf) for item in decisions], np.ones(len(columns))),
        whole=np.concatenate(
            [
                np.array([item.is_binary() for item in decisions], dtype=bool),
                np.arange(len(columns)) < columns.pairs_count,
            ]
        ),
        structural_count=len(decisions),
        open_columns=np.array([position[id(item)] for item in model.frame.open.values()], dtype=np.int64),
        rows=rows,
        frame=FrameRows(over_sums, scale, *_named_rows(model, compiled)),
    )


def _decisions(model: PortfolioModel, compiled: LinearStandardFormInfo) -> tuple[list[pyo.Var], dict[int, int]]:
    """Decisions of the frame that are no sums, also those that no row of it has; and their places by identity."""
    sums = {id(item) for variable, _ in model.sums for item in variable.values()}
    sums.add(id(model.frame.candidates_cost_musd))
    found = {id(item): item for item in compiled.columns if id(item) not in sums}
    for limited in (model.only_open_platforms, model.only_in_the_segment):
        found.update((id(item), item) for item in limited.decisions)
    return list(found.values()), {identity: place for place, identity in enumerate(found)}


def _over_sums(
    model: PortfolioModel, compiled: LinearStandardFormInfo, matrix: sparse.csc_array
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """What the rows of the frame count of every sum, and of every column of candidates by way of the sums."""
    position = {id(variable): place for place, variable in enumerate(compiled.columns)}
    items = [item for variable, _ in model.sums for item in variable.values()]
    places = np.array([position.get(id(item), -1) for item in items], dtype=np.int64)
    used = np.flatnonzero(places >= 0)
    width = sparse.csr_array((np.ones(len(used)), (np.arange(len(used)), used)), shape=(len(used), len(items)))
    over_sums = sparse.csr_array(matrix[:, places[used]] @ width)
    sums = sparse.vstack([rows for _, rows in model.sums], format="csr")
    return over_sums, sparse.csr_array(over_sums @ sums)


def _row_places(frame_count: int, columns: Columns) -> Rows:
    counts = [frame_count, len(columns.served.pack), len(columns.served.segment), len(columns.uses_pair)]
    ends = np.cumsum(counts).tolist()
    return Rows(*(slice(end - count, end) for count, end in zip(counts, ends, strict=True)))


def _structural_block(
    model: PortfolioModel, structural: sparse.csc_array, scale: FloatArray, rows: Rows, position: dict[int, int]
) -> sparse.csc_array:
    """Columns of the decisions: what the frame says, and the rows that each of them opens."""
    own = structural.tocoo()
    row, column, value = [own.row], [own.col], [own.data / scale[own.row]]
    for limited, place in (
        (model.only_open_platforms, rows.only_open_platforms),
        (model.only_in_the_segment, rows.only_in_the_segment),
    ):
        places = np.array([position[id(item)] for item in limited.decisions], dtype=np.int64)
        row.append(np.arange(place.start, place.stop))
        column.append(places[limited.decision])
        value.append(np.full(len(limited.decision), -1.0))
    entries = np.concatenate(value), (np.concatenate(row), np.concatenate(column))
    return sparse.csc_array(entries, shape=(rows.count, structural.shape[1]))


def _choose_block(columns: Columns, on_pairs: sparse.csr_array, scale: FloatArray, rows: Rows) -> sparse.csc_array:
    """Columns of the pairs: rows of the frame, the row of the pack on the platform, and those of its parts."""
    own = on_pairs.tocoo()
    pairs = np.arange(columns.pairs_count)
    row = [own.row, rows.only_open_platforms.start + columns.served.group_of_pair]
    row.append(np.arange(rows.split.start, rows.split.stop))
    column = [own.col, pairs, columns.uses_pair]
    value = [own.data / scale[own.row], np.ones(len(pairs)), np.full(len(columns.uses_pair), -1.0)]
    entries = np.concatenate(value), (np.concatenate(row), np.concatenate(column))
    return sparse.csc_array(entries, shape=(rows.count, len(pairs)))


def _part_block(columns: Columns, on_parts: sparse.csr_array, scale: FloatArray, rows: Rows) -> sparse.csc_array:
    """Columns of the parts: the row of its pack in its segment, that of its choice, and rows of the frame if any."""
    count = len(columns.part_pair)
    row = np.empty((count, 2), dtype=np.int32)
    row[:, 0] = rows.only_in_the_segment.start + columns.served.pack_segment_of_part
    row[:, 1] = rows.split.start + columns.part_use
    ends = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
    block = sparse.csc_array((np.ones(2 * count), row.ravel(), ends), shape=(rows.count, count))
    if not on_parts.nnz:
        return block
    own = on_parts.tocoo()
    in_frame = sparse.csc_array((own.data / scale[own.row], (own.row, own.col)), shape=(rows.count, count))
    return sparse.csc_array(block + in_frame)


def _named_rows(model: PortfolioModel, compiled: LinearStandardFormInfo) -> tuple[IntArray, dict[str, list[int]]]:
    """Where the compiled program holds the row of each pack, and the bounds of each row over platforms."""
    frame = model.frame
    row_of = {id(row.constraint): number for number, row in enumerate(compiled.rows)}
    packs = np.array([row_of[id(row)] for row in frame.one_candidate_a_pack.values()], dtype=np.int64)
    bounds: dict[str, list[int]] = {}
    for name, row in (*frame.platforms_at_most.items(), *frame.platforms_at_least.items()):
        bounds.setdefault(name, []).extend([row_of[id(row)]] if id(row) in row_of else [])
    return packs, bounds


def _row_scale(*blocks: sparse.sparray) -> FloatArray:
    """Largest coefficient of every row, so that tolerances are relative to the numbers of the row."""
    largest = np.zeros(blocks[0].shape[0])
    for block in blocks:
        entries = block.tocoo()
        np.maximum.at(largest, entries.row, np.abs(entries.data))
    return np.where(largest > 0, largest, 1.0)


def _or(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else float(bound)
