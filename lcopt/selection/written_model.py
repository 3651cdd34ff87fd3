"""The model written out for a reader, candidate by candidate, in the words of the field."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyomo.environ as pyo
from scipy import sparse

from lcopt.arrays import FloatArray
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import Secants
from lcopt.selection.model import Limited, PortfolioModel, portfolio_model

Key = tuple[str | int, ...]


def write_model(instance: PortfolioInstance, pieces: Secants, tails: FloatArray, path: Path) -> None:
    """Write the model of an instance as an .lp file with names that a reader knows."""
    frame = with_candidates(portfolio_model(instance, pieces, tails), instance)
    frame.write(str(path), io_options={"symbolic_solver_labels": True})


def with_candidates(model: PortfolioModel, instance: PortfolioInstance) -> pyo.ConcreteModel:
    """The frame of the model with every candidate and every row written out; the frame itself is extended."""
    frame, columns, pairs = model.frame, model.columns, instance.pairs
    chosen = [
        (instance.pack_names[pack], instance.platform_names[platform], f"c{candidate}")
        for pack, platform, candidate in zip(pairs.pack, pairs.platform, pairs.candidate, strict=True)
    ]
    segments = dict(zip(columns.curved.tolist(), frame.segments, strict=True))
    parts = [(*chosen[p], *segments[s]) for p, s in zip(columns.part_pair, columns.part_segment.tolist(), strict=True)]
    frame.candidates = pyo.Set(initialize=chosen, dimen=3)
    frame.parts = pyo.Set(initialize=parts, dimen=5)
    frame.choose = pyo.Var(frame.candidates, domain=pyo.Binary)
    frame.part = pyo.Var(frame.parts, domain=pyo.NonNegativeReals)
    variables = [*frame.choose.values(), *frame.part.values()]
    split = columns.split_rows()
    frame.parts_make_up_the_choice = pyo.Constraint(
        range(split.shape[0]), rule=lambda _, row: _total(split[[row], :], variables) == 0
    )
    for limited, rows in (
        (model.only_open_platforms, columns.served_by()),
        (model.only_in_the_segment, columns.share_in_segment()),
    ):
        _with_limited(frame, limited, rows, instance.pack_names, variables)
    for variable, rows in model.sums:
        _with_sums(frame, variable, list(variable), rows, variables)
    costs = sparse.csr_array(columns.cost_musd[None, :])
    frame.candidates_cost_musd_is = pyo.Constraint(rule=frame.candidates_cost_musd == _total(costs, variables))
    return frame


def _with_limited(
    frame: pyo.ConcreteModel, limited: Limited, rows: sparse.csr_array, packs: tuple[str, ...], variables: list[pyo.Var]
) -> None:
    """What candidates add up to, and the rows that limit it."""
    decisions = [limited.decisions[at] for at in limited.decision.tolist()]
    keys = [(packs[pack], *_as_key(decision.index())) for pack, decision in zip(limited.pack, decisions, strict=True)]
    total = pyo.Var(keys)
    frame.add_component(limited.total, total)
    decision_of = dict(zip(keys, decisions, strict=True))
    row = pyo.Constraint(keys, rule=lambda _, *key: total[key] <= decision_of[key])
    frame.add_component(limited.row, row)
    _with_sums(frame, total, keys, rows, variables)


def _with_sums(
    frame: pyo.ConcreteModel, variable: pyo.Var, keys: Iterable[Key], rows: sparse.csr_array, variables: list[pyo.Var]
) -> None:
    """Rows that say what a sum over candidates is."""
    number = {_as_key(key): at for at, key in enumerate(keys)}
    frame.add_component(
        f"{variable.name}_is",
        pyo.Constraint(
            list(number), rule=lambda _, *key: variable[_plain(key)] == _total(rows[[number[key]], :], variables)
        ),
    )


def _total(row: sparse.csr_array, variables: list[pyo.Var]) -> pyo.Expression:
    return pyo.quicksum(value * variables[at] for at, value in zip(row.indices.tolist(), row.data, strict=True))


def _as_key(index: str | int | Key) -> Key:
    return index if isinstance(index, tuple) else (index,)


def _plain(key: Key) -> str | int | Key:
    return key if len(key) > 1 else key[0]
