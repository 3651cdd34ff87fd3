"""Random small portfolios with every coupling, and the enumeration that judges them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import Pairs, PortfolioInstance, exact_cost_usd, meets_rows
from lcopt.selection.lines import Lines
from lcopt.selection.peaks import Peaks
from lcopt.selection.price_risk import PriceRisk

COUPLINGS = (
    "owned lines",
    "shared lines",
    "cap",
    "floor",
    "equality",
    "soft cap",
    "supplier share",
    "platforms max",
    "platforms min",
    "sunk platforms",
)


def random_portfolio(
    seed: int, couplings: tuple[str, ...] = (), packs: int = 3, platforms: int = 3, each: int = 3, scenarios: int = 0
) -> PortfolioInstance:
    """Pairs at costs between 100 and 160 MUSD, platforms at 5 to 40, lines that cost 5 to 25 at full rate."""
    rng = np.random.default_rng(seed)
    pack = np.repeat(np.arange(packs), platforms * each)
    platform = np.tile(np.repeat(np.arange(platforms), each), packs)
    kept = rng.random(len(pack)) < 0.8
    kept[np.arange(packs) * platforms * each + rng.integers(0, platforms * each, packs)] = True
    pack, platform = pack[kept], platform[kept]
    count = len(pack)
    fixed = rng.uniform(5, 40, platforms) * 1e6
    if "sunk platforms" in couplings:
        fixed[0] = 0.0
    lines, line, rate = random_lines(rng, couplings, platform, platforms)
    cost = rng.uniform(100, 160, count) * 1e6
    instance = PortfolioInstance(
        pack_names=tuple(f"pack{number}" for number in range(packs)),
        platform_names=tuple(f"cell{number}" for number in range(platforms)),
        pairs=Pairs(pack, platform, np.arange(count), cost, line, rate),
        platform_fixed_cost_usd=fixed,
        lines=lines,
        rows=random_rows(rng, couplings, count, packs),
        platform_rows=LinearRows.none(platforms),
        risk=random_risk(rng, count, scenarios) if scenarios else None,
    )
    if "platforms max" in couplings:
        instance = instance.with_platforms_max(int(rng.integers(1, platforms)))
    if "platforms min" in couplings:
        row = LinearRows.one("platforms_min", "1", np.ones(platforms), lower=2.0)
        instance = replace(instance, platform_rows=instance.platform_rows.with_rows(row))
    return with_ramps(instance, rng) if "ramps" in couplings else instance


def with_ramps(instance: PortfolioInstance, rng) -> PortfolioInstance:
    """Packs that are made more and less over three years, and half of the lines as large as their peak."""
    share = rng.uniform(0, 1, (instance.packs_count, 3)) * (rng.random((instance.packs_count, 3)) < 0.8)
    share[np.arange(len(share)), rng.integers(0, 3, len(share))] = 1.0
    sized = rng.random((len(instance.lines), 1)) < 0.7
    counted = sized & (rng.random((len(instance.lines), 3)) < 0.8)
    return replace(instance, peaks=Peaks((2027, 2028, 2029), share, counted))


def in_years(instance: PortfolioInstance, rng) -> PortfolioInstance:
    """Every line, of its first term alone, once for each of three years in which packs make more or less."""
    lines, pairs = instance.lines, instance.pairs
    share = rng.uniform(0, 1, (instance.packs_count, 3)) * (rng.random((instance.packs_count, 3)) < 0.7)
    share[np.arange(len(share)), rng.integers(0, 3, len(share))] = 1.0
    rate = pairs.rate[:, :, None] * share[pairs.pack][:, None, :]
    line = np.where((pairs.line[:, :, None] >= 0) & (rate > 0), pairs.line[:, :, None] * 3 + np.arange(3), -1)
    yearly = Lines(
        tuple(f"{name} {year}" for name in lines.names for year in (2027, 2028, 2029)),
        ("1/yr",) * 3 * len(lines),
        np.repeat(lines.cost_usd[:, :1], 3, axis=0) * rng.uniform(0.3, 1.0, (3 * len(lines), 1)),
        np.repeat(lines.reference_rate[:, :1], 3, axis=0),
        np.repeat(lines.exponent[:, :1], 3, axis=0),
        np.repeat(np.arange(len(lines)), 3),
    )
    flat = len(pairs), -1
    pairs = replace(pairs, line=line.reshape(flat), rate=rate.reshape(flat))
    return replace(instance, pairs=pairs, lines=yearly, peaks=None)


def random_lines(rng, couplings, platform, platforms):
    names, uses, rates = [], [], []
    count = len(platform)
    if "owned lines" in couplings:
        for process in range(2):
            uses.append(platform + len(names))
            rates.append(rng.uniform(1, 10, count))
            names += [f"line{process} of cell{number}" for number in range(platforms)]
    if "shared lines" in couplings:
        uses.append(platform % 2 + len(names))
        rates.append(rng.uniform(1, 10, count))
        names += ["electrode line 0", "electrode line 1"]
        architecture = rng.integers(-1, 2, count)
        uses.append(np.where(architecture >= 0, architecture + len(names), -1))
        rates.append(np.where(architecture >= 0, rng.uniform(1, 10, count), 0.0))
        names += ["pack line 0", "pack line 1"]
    if not names:
        return Lines.none(), np.empty((count, 0), dtype=np.int64), np.empty((count, 0))
    shape = (len(names), 2)
    lines = Lines(
        tuple(names),
        ("1/yr",) * len(names),
        rng.uniform(5, 25, shape) * 1e6,
        rng.uniform(10, 30, shape),
        rng.choice([0.3, 0.6, 0.8, 1.0], shape),
    )
    return lines, np.stack(uses, axis=1), np.stack(rates, axis=1)


def random_rows(rng, couplings, count, packs) -> LinearRows:
    rows = LinearRows.none(count)
    for name in couplings:
        use = rng.uniform(1, 10, count)
        middle = packs * rng.uniform(3.5, 6.5)
        if name == "cap":
            rows = rows.with_rows(LinearRows.one("cobalt", "t/yr", use, upper=middle))
        elif name == "soft cap":
            row = LinearRows.one("carbon", "t", use, upper=0.6 * middle)
            rows = rows.with_rows(replace(row, relaxation_usd_per_unit=np.array([rng.uniform(0.5, 5) * 1e6])))
        elif name == "floor":
            rows = rows.with_rows(LinearRows.one("recycled", "t/yr", use, lower=middle))
        elif name == "equality":
            rows = rows.with_rows(LinearRows.one("two plants", "1", rng.integers(0, 2, count) * 1.0, 1.0, 1.0))
        elif name == "supplier share":
            own = rng.integers(0, 2, count)
            rows = rows.with_rows(LinearRows.one("share of supplier A", "GWh/yr", use * (own - 0.6), upper=0.0))
    return rows


def random_risk(rng, count, scenarios) -> PriceRisk:
    probability = rng.uniform(0.2, 1, scenarios)
    swing = rng.normal(0, 1, (count, 2)) @ rng.normal(0, 1, (2, scenarios)) * 8e6
    return PriceRisk(
        swing + rng.uniform(0, 10, (count, 1)) * 1e6,
        probability / probability.sum(),
        float(rng.choice([0.1, 0.3, 1.0])),
        float(rng.choice([0.0, 0.5, 1.0])),
    )


def every_choice(instance: PortfolioInstance) -> tuple[np.ndarray, np.ndarray]:
    """All selections that meet the rows, cheapest first, with their exact cost."""
    of_pack = [np.flatnonzero(instance.pairs.pack == pack) for pack in range(instance.packs_count)]
    if min(map(len, of_pack)) == 0:
        return np.empty((0, instance.packs_count), dtype=np.int64), np.empty(0)
    every = np.array(list(itertools.product(*of_pack)))
    every = every[meets_rows(instance, every)]
    cost = exact_cost_usd(instance, every)
    order = np.argsort(cost, kind="stable")
    return every[order], cost[order]


def large_portfolio(packs: int, candidates: int, platforms: int, seed: int = 0) -> PortfolioInstance:
    """Each candidate has a cell platform with three lines of its own; a quarter of the candidates suit each pack."""
    rng = np.random.default_rng(seed)
    platform = rng.integers(0, platforms, candidates)
    worth = rng.uniform(0.9, 1.1, platforms)[platform] + rng.normal(0, 0.05, candidates)
    rate = rng.uniform(0.7, 1.3, (candidates, 3))
    worth = worth - 0.15 * (rate.mean(axis=1) - 1.0)
    volume = rng.lognormal(0, 0.7, packs)
    pack, design = np.nonzero(rng.random((packs, candidates)) < 0.23)
    taste = rng.normal(0, 0.03, (packs, platforms))
    order = np.lexsort((platform[design], pack))
    pack, design = pack[order], design[order]
    own = platform[design]
    cost = volume[pack] * (worth[design] + taste[pack, own] + rng.normal(0, 0.01, len(pack))) * 1e9
    shape = (3 * platforms, 1)
    total = float(volume.sum())
    lines = Lines(
        tuple(f"line{number % 3} of cell{number // 3}" for number in range(shape[0])),
        ("1/yr",) * shape[0],
        rng.uniform(0.017, 0.033, shape) * total * 1e9,
        np.full(shape, total / 4),
        rng.choice([0.5, 0.6, 0.7, 0.8], shape),
    )
    return PortfolioInstance(
        pack_names=tuple(f"pack{number}" for number in range(packs)),
        platform_names=tuple(f"cell{number}" for number in range(platforms)),
        pairs=Pairs(pack, own, design, cost, own[:, None] * 3 + np.arange(3), volume[pack][:, None] * rate[design]),
        platform_fixed_cost_usd=rng.uniform(0.01, 0.03, platforms) * total * 1e9,
        lines=lines,
        rows=LinearRows.none(len(pack)),
        platform_rows=LinearRows.none(platforms),
    )


def model_range(packs: int = 8, each: int = 300_000, platforms: int = 50_000, seed: int = 0) -> PortfolioInstance:
    """As a scenario makes it: many cells, each of a chemistry and a format; lines shared by those and by architecture.

    Costs of a pack spread by some percent, also by chemistry, format and architecture; its work is a fifth of them and
    follows weak laws of scale.
    """
    rng = np.random.default_rng(seed)
    chemistries, formats, architectures = 12, 12, 3
    chemistry, cell_format = rng.integers(0, chemistries, platforms), rng.integers(0, formats, platforms)
    worth = 1.0 + 0.05 * rng.random(chemistries)[chemistry] + 0.05 * rng.random(formats)[cell_format]
    worth += np.abs(rng.normal(0, 0.02, platforms))
    pack = np.repeat(np.arange(packs), each)
    platform = np.sort(rng.integers(0, platforms, (packs, each)), axis=1).ravel()
    architecture = rng.integers(0, architectures, len(pack))
    fleet_usd = rng.uniform(1, 7, packs) * 1e9
    taste = rng.normal(0, 0.01, (packs, chemistries))[pack, chemistry[platform]]
    spread = np.abs(rng.normal(0, 0.02, len(pack))) + 0.03 * architecture
    cost = 0.8 * fleet_usd[pack] * (worth[platform] + taste + spread)
    counts = (chemistries, formats, formats, architectures, architectures, 1, 1)
    starts = np.cumsum(counts) - counts
    key = (chemistry[platform], cell_format[platform], cell_format[platform], architecture, architecture, 0, 0)
    line = np.stack([np.broadcast_to(start + own, len(pack)) for start, own in zip(starts, key, strict=True)], axis=1)
    exponent = np.array([0.87, 0.89, 0.92, 0.85, 0.9, 0.93, 0.945])
    share = np.array([0.06, 0.05, 0.04, 0.01, 0.01, 0.01, 0.02])
    alone_usd = fleet_usd[pack][:, None] * share * rng.uniform(0.8, 1.25, (len(pack), 7))
    count = sum(counts)
    return PortfolioInstance(
        pack_names=tuple(f"pack{number}" for number in range(packs)),
        platform_names=tuple(f"p{number}" for number in range(platforms)),
        pairs=Pairs(pack, platform, np.arange(len(pack)), cost, line, (alone_usd / 1e6) ** (1.0 / exponent)),
        platform_fixed_cost_usd=np.full(platforms, 150e6),
        lines=Lines(
            tuple(f"line{number}" for number in range(count)),
            ("MUSD/yr",) * count,
            np.full((count, 1), 1e6),
            np.ones((count, 1)),
            np.repeat(exponent, counts)[:, None],
        ),
        rows=LinearRows.none(len(pack)),
        platform_rows=LinearRows.none(platforms),
    )
