"""How what packs make grows and falls over the years, as far as it matters to lines: years alike are one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray

# Shares of packs that differ by less are the same.
_DIGITS = 12


@dataclass(frozen=True)
class LineYears:
    """Years in which a line costs the same function of what packs make in some reference years.

    Attributes
    ----------
    sizing : tuple of int
        Reference years by their place; the line is as large as the largest of them.
    scale : ndarray, shape (n_alike,)
        What the line makes, or can make, in each of the years alike over that of the reference.
    weight : ndarray, shape (n_alike,)
        What a dollar of each of those years is worth.
    """

    sizing: tuple[int, ...]
    scale: FloatArray
    weight: FloatArray

    def dollars(self, exponent: float) -> float:
        """Worth of a line that costs one dollar a year at the reference, where cost grows with the exponent."""
        return float((self.weight * self.scale**exponent).sum())


def running_years(share_frac: FloatArray, weight: FloatArray) -> tuple[LineYears, ...]:
    """What is paid for what is made in a year: years in which all packs have the same shares but for a factor are one.

    Parameters
    ----------
    share_frac : ndarray, shape (n_packs, n_years)
        What each pack sells in a year over its best year, 0..1.
    weight : ndarray, shape (n_years,)
        Worth of a dollar of each year.
    """
    sizing: list[tuple[int, tuple[int, ...]]] = [
        (year, (year,)) for year in range(len(weight)) if share_frac[:, year].any()
    ]
    return _alike(share_frac, weight, sizing)


def capital_years(share_frac: FloatArray, weight: FloatArray) -> tuple[LineYears, ...]:
    """What is paid for machines: in each year as large as the largest so far, since nothing that is built is given up.

    Parameters
    ----------
    share_frac, weight
        As of `running_years`.
    """
    built = [(year, _largest(share_frac, year)) for year in range(len(weight))]
    return _alike(share_frac, weight, [(year, years) for year, years in built if years])


def _largest(share_frac: FloatArray, last: int) -> tuple[int, ...]:
    """Of the years up to `last` those in which no other one has as much or more of every pack, the first of equals."""
    years = [year for year in range(last + 1) if share_frac[:, year].any()]
    kept: list[int] = []
    for year in years:
        own = share_frac[:, year]
        beaten = any((share_frac[:, other] >= own).all() for other in kept)
        if not beaten:
            kept = [other for other in kept if not (own >= share_frac[:, other]).all()] + [year]
    return tuple(kept)


def _alike(
    share_frac: FloatArray, weight: FloatArray, sizing: list[tuple[int, tuple[int, ...]]]
) -> tuple[LineYears, ...]:
    """Years, each with those that size it, grouped by the shape of what sizes them."""
    groups: dict[bytes, list[tuple[float, int, tuple[int, ...]]]] = {}
    for year, years in sizing:
        shares = share_frac[:, list(years)]
        size = float(shares.max())
        groups.setdefault(np.round(shares / size, _DIGITS).tobytes(), []).append((size, year, years))
    found = []
    for members in groups.values():
        largest, _, years = max(members, key=lambda member: member[0])
        scale = np.array([size for size, _, _ in members]) / largest
        found.append(LineYears(years, scale, weight[[year for _, year, _ in members]]))
    return tuple(found)
