"""Why no choice meets all rows together: which rows conflict, and by how much each must give way, in its own unit."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance, open_platforms, row_totals
from lcopt.selection.proving import prove
from lcopt.units import USD_PER_MUSD


@dataclass(frozen=True)
class RowRelaxation:
    """One smallest set of rows to give way, with what each must give and a choice that then meets all others.

    Attributes
    ----------
    rows : tuple of str
        Of rows that give way together the name that they have in common.
    units : tuple of str
    missed : tuple of float
        By how much the nearest choice misses each row, in the unit of the row; of rows together the most.
    chosen : ndarray, shape (n_packs,)
    """

    rows: tuple[str, ...]
    units: tuple[str, ...]
    missed: tuple[float, ...]
    chosen: IntArray


@dataclass(frozen=True)
class RowConflicts:
    """Every smallest set of rows that no choice meets together, and every smallest set whose giving way would do."""

    conflicts: tuple[tuple[str, ...], ...]
    relaxations: tuple[RowRelaxation, ...]


def row_conflicts(instance: PortfolioInstance, together: Mapping[str, str] | None = None) -> RowConflicts:
    """Explain why no choice meets all rows that must hold.

    Parameters
    ----------
    instance : PortfolioInstance
        At least one pair for every pack; with rows that a choice may miss at a price left aside.
    together : dict of str, optional
        A name for rows that hold or give way together, such as those of one limit in several years.

    Notes
    -----
    Sets of rows are tried by size. A choice found for one set answers for every set of rows that it meets, so few sets
    are solved. A smallest set that must give way hits every conflict.
    """
    plain = instance.at_cost(np.zeros(len(instance.pairs)))
    name_of = [(together or {}).get(name, name) for name in _hard_names(plain)]
    names = list(dict.fromkeys(name_of))
    member = np.array([[own == name for own in name_of] for name in names], dtype=bool).reshape(len(names), -1)
    met: list[BoolArray] = []
    conflicts: list[tuple[int, ...]] = []
    for size in range(1, len(names) + 1):
        for rows in itertools.combinations(range(len(names)), size):
            if any(set(smaller) <= set(rows) for smaller in conflicts) or any(own[list(rows)].all() for own in met):
                continue
            proof = prove(_with_hard(plain, np.asarray(member[list(rows)].any(axis=0))))
            if proof.feasible:
                missed = _missed(plain, proof.chosen) > 0
                met.append(np.asarray(~(member & missed).any(axis=1)))
            else:
                conflicts.append(rows)
    relaxations = tuple(
        _relaxation(plain, {names[row]: member[row] for row in rows}) for rows in _hitting(conflicts, len(names))
    )
    return RowConflicts(tuple(tuple(names[row] for row in rows) for rows in conflicts), relaxations)


def _hard_names(instance: PortfolioInstance) -> list[str]:
    return [*_hard(instance.rows).names, *_hard(instance.platform_rows).names]


def _hard(rows: LinearRows) -> LinearRows:
    return rows.take_rows(np.flatnonzero(rows.hard))


def _with_hard(instance: PortfolioInstance, kept: BoolArray) -> PortfolioInstance:
    """The instance with some of its hard rows and no others."""
    rows, platform_rows = _hard(instance.rows), _hard(instance.platform_rows)
    own, of_platforms = np.flatnonzero(kept[: len(rows)]), np.flatnonzero(kept[len(rows) :])
    return replace(instance, rows=rows.take_rows(own), platform_rows=platform_rows.take_rows(of_platforms))


def _missed(instance: PortfolioInstance, chosen: IntArray) -> FloatArray:
    """By how much a choice misses each hard row."""
    rows, platform_rows = _hard(instance.rows), _hard(instance.platform_rows)
    totals = row_totals(replace(instance, rows=rows), chosen)
    opened = open_platforms(instance, chosen) @ platform_rows.coefficient.T
    missed: FloatArray = np.concatenate([rows.missed(totals), platform_rows.missed(opened)])
    return missed


def _hitting(conflicts: list[tuple[int, ...]], rows_count: int) -> list[tuple[int, ...]]:
    """Every smallest set of rows that has one of each conflict."""
    found: list[tuple[int, ...]] = []
    for size in range(1, rows_count + 1):
        for rows in itertools.combinations(range(rows_count), size):
            if any(set(smaller) <= set(rows) for smaller in found):
                continue
            if conflicts and all(set(conflict) & set(rows) for conflict in conflicts):
                found.append(rows)
    return found


def _relaxation(instance: PortfolioInstance, giving: Mapping[str, BoolArray]) -> RowRelaxation:
    """The nearest choice that misses only the given rows: the least sum of what is missed, relative to each row."""
    every = _with_hard(instance, np.ones(len(_hard_names(instance)), dtype=bool))
    rows, platform_rows = every.rows, every.platform_rows
    gives = np.any(list(giving.values()), axis=0)
    elastic = replace(
        every,
        rows=_elastic(rows, gives[: len(rows)]),
        platform_rows=_elastic(platform_rows, gives[len(rows) :]),
    )
    chosen = prove(elastic).chosen
    missed, units = _missed(instance, chosen), [*rows.units, *platform_rows.units]
    return RowRelaxation(
        tuple(giving),
        tuple(units[int(own.argmax())] for own in giving.values()),
        tuple(float(missed[own].max()) for own in giving.values()),
        chosen,
    )


def _elastic(rows: LinearRows, giving: BoolArray) -> LinearRows:
    return replace(rows, relaxation_usd_per_unit=np.where(giving, USD_PER_MUSD / rows.scale, np.inf))
