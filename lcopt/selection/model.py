"""The portfolio as a mixed-integer model to be read: sets, decisions and rows in the words of the field.

The candidates themselves enter through sums (`candidates_chosen`, `fleet_total`, ...), each defined by what
`lcopt.selection.columns` holds as arrays, and through rows that are many and all alike, one a pack and platform or a
pack and segment: `solver` puts the arrays in their place, `written_model` writes them out for a reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.columns import Columns, candidate_columns
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance
from lcopt.selection.lines import Secants
from lcopt.units import USD_PER_MUSD


@dataclass(frozen=True)
class Limited:
    """Rows that are all alike: what candidates add up to is no more than the decision that the row belongs to.

    Attributes
    ----------
    row, total : str
        Names of the rows and of what adds up, for a reader.
    decisions : tuple of pyomo variables
    decision : ndarray, shape (n_rows,)
        Which of them the row belongs to.
    pack : ndarray, shape (n_rows,)
        Whose candidates the row is about.
    """

    row: str
    total: str
    decisions: tuple[pyo.Var, ...]
    decision: IntArray
    pack: IntArray


@dataclass(frozen=True)
class PortfolioModel:
    """The model and the arrays that its sums over candidates stand for.

    Attributes
    ----------
    frame : pyomo.environ.ConcreteModel
        Sets `packs`, `platforms`, `lines`, `segments`; binaries `open[platform]`, `line_in_segment[line, segment]`;
        cost in million USD, that of the candidates as `candidates_cost_musd`.
    sums : tuple of (pyomo Var, sparse array)
        Each indexed variable of `frame` that is a sum over columns of candidates, with one row of the array an index.
    only_open_platforms : Limited
        The pairs of a pack on a platform, row for row as `columns.served.pack` and `platform`.
    only_in_the_segment : Limited
        The parts of a pack in a segment, row for row as `columns.served.segment_pack` and `segment`.
    """

    frame: pyo.ConcreteModel
    sums: tuple[tuple[pyo.Var, sparse.csr_array], ...]
    only_open_platforms: Limited
    only_in_the_segment: Limited
    columns: Columns


def portfolio_model(
    instance: PortfolioInstance, pieces: Secants, tails: FloatArray, owner: IntArray | None = None
) -> PortfolioModel:
    """Build the model of a portfolio.

    Parameters
    ----------
    instance : PortfolioInstance
    pieces : Secants
        Segments of the lines; a line with a single one is a cost per rate.
    tails : ndarray, shape (n_tails, n_scenarios)
        Weights of price scenarios in each tail cut; none without risk.
    owner : ndarray, shape (n_lines,), optional
        Platform that alone uses the line, -1 for a shared one; needed where the instance is a part of a larger one.

    Notes
    -----
    Facility-location form: a candidate takes part in one segment of each line that it uses, and all parts of a pack in
    a segment together exceed nothing but the segment's own binary. No big M and no bounds of segments: of several
    straight pieces the cheapest is the concave envelope.
    """
    columns = candidate_columns(instance, pieces)
    owner = instance.line_owner if owner is None else owner
    frame = pyo.ConcreteModel("portfolio")
    sums, on_platforms = _choices(frame, instance, columns)
    in_segments = _lines(frame, instance, pieces, columns, owner)
    sums += _peaks(frame, instance, pieces, columns)
    sums += _fleet_rows(frame, instance, columns)
    _platform_rows(frame, instance)
    sums += _tails(frame, instance, tails, columns)
    frame.candidates_cost_musd = pyo.Var()
    fixed = instance.platform_fixed_cost_usd / USD_PER_MUSD
    number = {name: index for index, name in enumerate(instance.platform_names)}
    frame.cost_musd = pyo.Objective(
        expr=frame.candidates_cost_musd
        + pyo.quicksum(float(fixed[number[name]]) * frame.open[name] for name in frame.platforms)
        + pyo.quicksum(
            float(pieces.intercept_usd[at]) / USD_PER_MUSD * frame.line_in_segment[name]
            for name, at in zip(frame.segments, columns.curved, strict=True)
        )
        + _peaks_musd(frame, instance, pieces, columns)
        + _missed_musd(frame, instance)
        + (instance.risk.aversion_frac * frame.tail_cost_musd if instance.risk else 0.0),
        sense=pyo.minimize,
    )
    return PortfolioModel(frame, tuple(sums), on_platforms, in_segments, columns)


def _choices(
    frame: pyo.ConcreteModel, instance: PortfolioInstance, columns: Columns
) -> tuple[list[tuple[pyo.Var, sparse.csr_array]], Limited]:
    """One candidate a pack, on platforms that are open."""
    served = columns.served
    platforms = np.union1d(served.platform, _named_in_floors(instance.platform_rows))
    frame.packs = pyo.Set(initialize=list(instance.pack_names))
    frame.platforms = pyo.Set(initialize=[instance.platform_names[platform] for platform in platforms])
    frame.open = pyo.Var(frame.platforms, domain=pyo.Binary)
    frame.candidates_chosen = pyo.Var(frame.packs)
    frame.one_candidate_a_pack = pyo.Constraint(frame.packs, rule=lambda m, pack: m.candidates_chosen[pack] == 1)
    sums = [(frame.candidates_chosen, columns.of_packs(instance.packs_count))]
    if instance.platform_rows.has_floor or (instance.platform_fixed_cost_usd < 0).any():
        frame.packs_served = pyo.Var(frame.platforms)
        frame.open_platforms_serve = pyo.Constraint(
            frame.platforms, rule=lambda m, platform: m.open[platform] <= m.packs_served[platform]
        )
        sums.append((frame.packs_served, columns.of_platforms(platforms)))
    on_platforms = Limited(
        "only_open_platforms",
        "served_by",
        tuple(frame.open.values()),
        np.searchsorted(platforms, served.platform),
        served.pack,
    )
    return sums, on_platforms


def _named_in_floors(rows: LinearRows) -> IntArray:
    """Platforms that a row with a floor counts, so that the row sees those that serve nobody as well."""
    floors = np.isfinite(rows.lower) | (rows.coefficient < 0).any(axis=1)
    return np.flatnonzero((rows.coefficient[floors] != 0).any(axis=0))


def _lines(
    frame: pyo.ConcreteModel, instance: PortfolioInstance, pieces: Secants, columns: Columns, owner: IntArray
) -> Limited:
    """Each line works in one segment of its cost, a platform's own line where the platform is open."""
    served, curved = columns.served, columns.curved
    line_of = pieces.line[curved].tolist()
    number = (curved - np.searchsorted(pieces.line, pieces.line[curved]) + 1).tolist()
    names = [(instance.lines.names[line], f"s{at}") for line, at in zip(line_of, number, strict=True)]
    frame.lines = pyo.Set(initialize=list(dict.fromkeys(line for line, _ in names)))
    frame.segments = pyo.Set(initialize=names, dimen=2)
    frame.line_in_segment = pyo.Var(frame.segments, domain=pyo.Binary)
    segments_of: dict[str, list[str]] = {}
    owner_of = {}
    for line, (name, segment) in zip(line_of, names, strict=True):
        segments_of.setdefault(name, []).append(segment)
        owner_of[name] = owner[line]

    def one_segment(m: pyo.ConcreteModel, line: str) -> pyo.Expression:
        used = pyo.quicksum(m.line_in_segment[line, segment] for segment in segments_of[line])
        return used <= (m.open[instance.platform_names[owner_of[line]]] if owner_of[line] >= 0 else 1)

    frame.one_segment_a_line = pyo.Constraint(frame.lines, rule=one_segment)
    return Limited(
        "only_in_the_segment",
        "share_in_segment",
        tuple(frame.line_in_segment.values()),
        np.searchsorted(curved, served.segment),
        served.segment_pack,
    )


def _sized(instance: PortfolioInstance, pieces: Secants, columns: Columns) -> IntArray:
    """Places among the curved segments of those of lines that are sized by a peak."""
    curved = columns.curved
    return np.flatnonzero(instance.peaks.is_sized[pieces.line[curved]]) if instance.peaks else curved[:0]


def _peaks(
    frame: pyo.ConcreteModel, instance: PortfolioInstance, pieces: Secants, columns: Columns
) -> list[tuple[pyo.Var, sparse.csr_array]]:
    """A line that is sized by a peak is at least as large as what its packs make in every year that counts."""
    peaks = instance.peaks
    if peaks is None:
        return []
    curved, segments = columns.curved, list(frame.segments)
    sized = _sized(instance, pieces, columns)
    counted = peaks.counted[pieces.line[curved[sized]]]
    names = [(*segments[at], year) for at in sized.tolist() for year in peaks.years]
    frame.capacity = pyo.Var([segments[at] for at in sized.tolist()], domain=pyo.NonNegativeReals)
    frame.line_years = pyo.Set(
        initialize=[name for name, counts in zip(names, counted.ravel().tolist(), strict=True) if counts], dimen=3
    )
    frame.rate_in_year = pyo.Var(frame.line_years)
    frame.capacity_for_every_year = pyo.Constraint(
        frame.line_years,
        rule=lambda m, line, segment, year: m.rate_in_year[line, segment, year] <= m.capacity[line, segment],
    )
    share = peaks.share_frac[instance.pairs.pack[columns.part_pair]]
    rates = columns.rate_in_year(curved[sized], share)
    return [(frame.rate_in_year, rates[np.flatnonzero(counted.ravel())])]


def _peaks_musd(
    frame: pyo.ConcreteModel, instance: PortfolioInstance, pieces: Secants, columns: Columns
) -> pyo.Expression:
    """What lines cost by their peak, beside the intercepts of their segments."""
    if instance.peaks is None:
        return 0.0
    slope = pieces.slope_usd_per_rate[columns.curved[_sized(instance, pieces, columns)]] / USD_PER_MUSD
    return pyo.quicksum(float(cost) * size for cost, size in zip(slope, frame.capacity.values(), strict=True))


def _fleet_rows(
    frame: pyo.ConcreteModel, instance: PortfolioInstance, columns: Columns
) -> list[tuple[pyo.Var, sparse.csr_array]]:
    """Caps, floors and shares over the chosen candidates."""
    rows = instance.rows
    frame.fleet_rows = pyo.Set(initialize=list(rows.names))
    frame.fleet_total = pyo.Var(frame.fleet_rows)
    frame.fleet_missed = pyo.Var(_soft(rows), domain=pyo.NonNegativeReals)
    _bounded(frame, "fleet", rows, {name: frame.fleet_total[name] for name in rows.names}, frame.fleet_missed)
    return [(frame.fleet_total, columns.weighted(rows.coefficient))]


def _platform_rows(frame: pyo.ConcreteModel, instance: PortfolioInstance) -> None:
    """At most or at least so many platforms open, or certain ones."""
    rows = instance.platform_rows
    coefficients = [
        {name: float(value) for name, value in zip(instance.platform_names, row, strict=True) if value}
        for row in rows.coefficient
    ]
    totals = {
        name: pyo.quicksum(value * frame.open[p] for p, value in row.items() if p in frame.open)
        for name, row in zip(rows.names, coefficients, strict=True)
    }
    frame.platforms_missed = pyo.Var(_soft(rows), domain=pyo.NonNegativeReals)
    _bounded(frame, "platforms", rows, totals, frame.platforms_missed)


def _soft(rows: LinearRows) -> list[str]:
    return [name for name, hard in zip(rows.names, rows.hard, strict=True) if not hard]


def _bounded(
    frame: pyo.ConcreteModel, word: str, rows: LinearRows, totals: dict[str, pyo.Expression], missed: pyo.Var
) -> None:
    """Rows `<word>_at_most` and `<word>_at_least`; one with a price may be missed."""
    bounds = {name: (lower, upper) for name, lower, upper in zip(rows.names, rows.lower, rows.upper, strict=True)}

    slacks = dict(missed.items())

    def slack(name: str) -> pyo.Expression:
        return slacks.get(name, 0.0)

    def at_most(_: pyo.Block, name: str) -> pyo.Expression:
        return _row(frame, totals[name] - slack(name) <= float(bounds[name][1]))

    def at_least(_: pyo.Block, name: str) -> pyo.Expression:
        return _row(frame, totals[name] + slack(name) >= float(bounds[name][0]))

    capped = [name for name in rows.names if np.isfinite(bounds[name][1])]
    floored = [name for name in rows.names if np.isfinite(bounds[name][0])]
    frame.add_component(f"{word}_at_most", pyo.Constraint(capped, rule=at_most))
    frame.add_component(f"{word}_at_least", pyo.Constraint(floored, rule=at_least))


def _row(frame: pyo.ConcreteModel, expression: pyo.Expression) -> pyo.Expression:
    """The row itself; one without any decision is met anyway, or asks for what no decision can give."""
    if not isinstance(expression, bool | np.bool_):
        return expression
    return pyo.Constraint.Feasible if expression else next(iter(frame.open.values())) >= 2


def _missed_musd(frame: pyo.ConcreteModel, instance: PortfolioInstance) -> pyo.Expression:
    cost = 0.0
    for rows, missed in ((instance.rows, frame.fleet_missed), (instance.platform_rows, frame.platforms_missed)):
        prices = dict(zip(rows.names, rows.relaxation_usd_per_unit / USD_PER_MUSD, strict=True))
        cost += pyo.quicksum(float(prices[name]) * missed[name] for name in missed)
    return cost


def _tails(
    frame: pyo.ConcreteModel, instance: PortfolioInstance, tails: FloatArray, columns: Columns
) -> list[tuple[pyo.Var, sparse.csr_array]]:
    """The mean cost of the dear price scenarios, from below: at least every weighted mean that is cut so far."""
    if instance.risk is None:
        return []
    frame.tails = pyo.Set(initialize=range(len(tails)))
    frame.tail_cost_musd = pyo.Var()
    frame.tail_total_musd = pyo.Var(frame.tails)
    frame.tail_cost_is_at_least = pyo.Constraint(
        frame.tails, rule=lambda m, tail: m.tail_cost_musd >= m.tail_total_musd[tail]
    )
    return [(frame.tail_total_musd, columns.weighted((instance.risk.cost_usd @ tails.T).T / USD_PER_MUSD))]
