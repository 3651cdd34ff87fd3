"""Why nothing fits: what each limit leaves, and the smallest relaxations that would do. Needs no solver."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray
from lcopt.performance.limits import Limit, LimitCheck, LimitKind, Sense


@dataclass(frozen=True)
class LimitAlone:
    """What one limit leaves when it stands alone."""

    limit: Limit
    met_count: int
    best_value: float


@dataclass(frozen=True)
class Relaxation:
    """One smallest set of limits to give way, with the values that one candidate then reaches."""

    limits: tuple[Limit, ...]
    values: tuple[float, ...]
    candidate: int

    def __str__(self) -> str:
        return " and ".join(
            f"{limit.label} of {_rounded_outward(limit, value)} {limit.unit} (asked: {limit.bound:g})"
            for limit, value in zip(self.limits, self.values, strict=True)
        )


@dataclass(frozen=True)
class PackDiagnosis:
    """Why no candidate fits one pack; `missed_bounds` are those of the catalog that none meets."""

    pack: str
    candidates_count: int
    alone: tuple[LimitAlone, ...]
    relaxations: tuple[Relaxation, ...]
    missed_bounds: tuple[LimitAlone, ...] = ()

    def __str__(self) -> str:
        if self.missed_bounds:
            missed = "; ".join(
                f"{item.limit.label} {item.limit.sense} {item.limit.bound:g} {item.limit.unit}, best reachable "
                f"{item.best_value:.4g} {item.limit.unit}"
                for item in self.missed_bounds
            )
            return (
                f"pack '{self.pack}': no candidate lies within the bounds of the catalog: {missed}; change energy or "
                "system_voltage, or allow more chemistries or cell platforms"
            )
        if not self.candidates_count:
            return (
                f"pack '{self.pack}': the catalog has no candidate with this energy and system voltage within its "
                "bounds; change energy or system_voltage, or allow more chemistries"
            )
        lines = [f"pack '{self.pack}': none of {self.candidates_count:,} candidates meets all limits."]
        lines += [
            f"  {item.limit.label} {item.limit.sense} {item.limit.bound:g} {item.limit.unit}: "
            f"{item.met_count:,} candidates meet it alone; best reachable {item.best_value:.4g} {item.limit.unit}"
            for item in self.alone
        ]
        lines += [f"  It would do with {relaxation}." for relaxation in self.relaxations]
        return "\n".join(lines)


@dataclass(frozen=True)
class Diagnosis:
    """Why a scenario is infeasible, pack by pack."""

    packs: tuple[PackDiagnosis, ...]

    def __str__(self) -> str:
        return "\n".join(str(pack) for pack in self.packs)


def diagnose_pack(pack: str, check: LimitCheck, values: Mapping[str, FloatArray]) -> PackDiagnosis:
    """Explain why no candidate meets all limits.

    Parameters
    ----------
    pack : str
    check : LimitCheck
        Scenario limits on the candidates that lie within the catalog's bounds.
    values : mapping of quantity -> ndarray, shape (n_designs,)
    """
    count = check.met.shape[1]
    if not count:
        return PackDiagnosis(pack=pack, candidates_count=0, alone=(), relaxations=())
    alone = tuple(
        LimitAlone(limit, int(met.sum()), _best(limit, values[limit.quantity]))
        for limit, met in zip(check.limits, check.met, strict=True)
    )
    return PackDiagnosis(pack=pack, candidates_count=count, alone=alone, relaxations=_relaxations(check, values))


def missed_bounds(check: LimitCheck, values: Mapping[str, FloatArray]) -> tuple[LimitAlone, ...]:
    """The bounds of the catalog that no candidate meets, each with the best value that one reaches.

    Parameters
    ----------
    check : LimitCheck
        All limits on all candidates.
    values : mapping of quantity -> ndarray, shape (n_designs,)
    """
    return tuple(
        LimitAlone(limit, 0, _best(limit, values[limit.quantity]))
        for limit, met in zip(check.limits, check.met, strict=True)
        if limit.kind is LimitKind.CATALOG_BOUND and not met.any() and np.isfinite(values[limit.quantity]).any()
    )


def _relaxations(check: LimitCheck, values: Mapping[str, FloatArray]) -> tuple[Relaxation, ...]:
    """Every minimal set of limits whose giving way admits a candidate, smallest sets first."""
    rows = range(len(check.limits))
    found: list[tuple[int, ...]] = []
    relaxations = []
    for size in range(1, len(check.limits) + 1):
        for subset in itertools.combinations(rows, size):
            if any(set(smaller) <= set(subset) for smaller in found):
                continue
            kept = [row for row in rows if row not in subset]
            admitted: BoolArray = np.logical_and.reduce(check.met[kept], axis=0)
            limits = tuple(check.limits[row] for row in subset)
            candidate = _nearest(limits, values, admitted)
            if candidate is not None:
                found.append(subset)
                reached = tuple(float(values[limit.quantity][candidate]) for limit in limits)
                relaxations.append(Relaxation(limits=limits, values=reached, candidate=candidate))
    return tuple(relaxations)


def _nearest(limits: tuple[Limit, ...], values: Mapping[str, FloatArray], admitted: BoolArray) -> int | None:
    """The admitted candidate with the smallest sum of relative violations."""
    violation = np.where(admitted, 0.0, np.inf)
    for limit in limits:
        violation += np.maximum(-limit.margin(values[limit.quantity]), 0.0) / max(abs(limit.bound), 1e-12)
    best = int(violation.argmin())
    return best if np.isfinite(violation[best]) else None


def _best(limit: Limit, value: FloatArray) -> float:
    return float(np.nanmin(value) if limit.sense is Sense.AT_MOST else np.nanmax(value))


def _rounded_outward(limit: Limit, value: float) -> str:
    """Four digits, rounded to the side that still admits the candidate."""
    digits = 3 - int(np.floor(np.log10(abs(value)))) if value else 0
    scale = 10.0**digits
    rounded = np.ceil(value * scale) if limit.sense is Sense.AT_MOST else np.floor(value * scale)
    return f"{rounded / scale:g}"
