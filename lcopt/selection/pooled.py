"""The lines of a portfolio: which candidates share one, how much volume each puts on it, and what it then costs.

Counted are the packs that are sold, with all of the pool where packs are swapped, in the years of their sale. Packs
that take the place of worn ones, claims under warranty and values that go by the price of a new pack stay at the price
of a plant of the scenario's size: they fall into years long after, in which other packs share the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.manufacturing import GROUPS
from lcopt.cost.pooling import ARCHITECTURE, CAPITAL, CHEMISTRY, FORMAT, PARTS, RUNNING, equivalent_rate
from lcopt.cost.ramps import LineYears, capital_years, running_years
from lcopt.cost.sale_years import production, yearly_volumes
from lcopt.inputs.words import ARCHITECTURES, FORMATS
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import CONVERSION_VALUES
from lcopt.selection.explored import Explored
from lcopt.selection.instance import PortfolioInstance, rates_of
from lcopt.selection.lines import NO_LINE, Lines
from lcopt.selection.peaks import Peaks
from lcopt.selection.tasks import PackTask
from lcopt.units import KWH_PER_GWH, USD_PER_MUSD

RATE_UNIT = "MUSD/yr of a line for it alone"


@dataclass(frozen=True)
class OnLines:
    """What some candidates of one pack put on the lines, one row a candidate, one column a part, group and years.

    `conversion_usd` is what the same work costs the fleet at the size of the plant, by group, shape (n_groups, n).
    """

    line: IntArray
    rate: FloatArray
    conversion_usd: FloatArray


@dataclass(frozen=True)
class LineCost:
    """What the chosen packs cost on one line of a group, present values of the fleet.

    Attributes
    ----------
    group, shared_by, name
        Process group, what its packs share, and which of them: the name of a chemistry, format or architecture, empty
        for the whole plant.
    packs : tuple of str
        That use the line.
    energy_gwh_per_yr : float
        Nameplate energy that they make in the year in which it is the most.
    running_usd, capital_usd : float
        Of the line as large as what it makes.
    as_sized_usd : float
        Of the same work at the size of the plant.
    """

    group: str
    shared_by: str
    name: str
    packs: tuple[str, ...]
    energy_gwh_per_yr: float
    running_usd: float
    capital_usd: float
    as_sized_usd: float


@dataclass(frozen=True)
class _Made:
    """One chosen pack: its key on the lines of each group, its energy by year, and its work at plant size by group.

    A pack whose cells are bought has no work in the groups that make cells, and no line of them.
    """

    pack: str
    keys: tuple[int, ...]
    energy_gwh_by_year: FloatArray
    as_sized_usd: FloatArray


@dataclass(frozen=True)
class PooledLines:
    """All lines that a search may use: part by part, group by group, years by years, name by name.

    Attributes
    ----------
    years : tuple of int
        Of production.
    share_frac : ndarray, shape (n_packs, n_years)
        What each pack sells in a year over its best year.
    best_per_yr : ndarray, shape (n_packs,)
        What it sells in that year.
    of_part : tuple of tuple of LineYears
        For every part of the cost the kinds of years that it has lines for.
    """

    engineering: Engineering
    years: tuple[int, ...]
    share_frac: FloatArray
    best_per_yr: FloatArray
    of_part: tuple[tuple[LineYears, ...], ...]

    @classmethod
    def of(cls, tasks: Sequence[PackTask], engineering: Engineering) -> PooledLines:
        """The lines for the packs of a scenario whose volumes are pooled."""
        years = production(engineering.scenario)
        volumes = np.stack([yearly_volumes(task.pack, years) for task in tasks])
        best = volumes.max(axis=1)
        share = volumes / best[:, None]
        of_part = (running_years(share, years.weights), capital_years(share, years.weights))
        return cls(engineering, years.years, share, best, of_part)

    @cached_property
    def uses(self) -> tuple[tuple[int, int, LineYears], ...]:
        """Part, group and years of every column of what a candidate uses."""
        parts = enumerate(self.of_part)
        return tuple((part, group, own) for part, kinds in parts for group in range(len(GROUPS)) for own in kinds)

    @cached_property
    def names_of_group(self) -> tuple[tuple[str, ...], ...]:
        """What tells the lines of each group apart."""
        assert self.engineering.pooled is not None
        known = {CHEMISTRY: self.engineering.chemistries, FORMAT: FORMATS, ARCHITECTURE: ARCHITECTURES}
        return tuple(known.get(shared, ("",)) for shared in self.engineering.pooled.shared_by)

    @cached_property
    def first_line(self) -> IntArray:
        """First line of every use, and the number of all lines at the end."""
        counts = [len(self.names_of_group[group]) for _, group, _ in self.uses]
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def lines(self) -> Lines:
        """Every line with its cost."""
        assert self.engineering.pooled is not None
        names, dollars, exponents = [], [], []
        for part, group, own in self.uses:
            exponent = float(self.engineering.pooled.exponent[part, group])
            for name in self.names_of_group[group]:
                names.append(self._name(part, group, own, name))
                dollars.append([USD_PER_MUSD * own.dollars(exponent)])
                exponents.append([exponent])
        ones = np.ones((len(names), 1))
        units = (RATE_UNIT,) * len(names)
        return Lines(tuple(names), units, np.array(dollars), ones, np.array(exponents), self._same())

    def _same(self) -> IntArray | None:
        """A number for each line of a part, group and name, whatever its years; None where all have one kind."""
        if all(len(kinds) == 1 for kinds in self.of_part):
            return None
        known: dict[tuple[int, int, int], int] = {}
        keys = [(p, g, key) for p, g, _ in self.uses for key in range(len(self.names_of_group[g]))]
        return np.array([known.setdefault(key, len(known)) for key in keys])

    def peaks(self) -> Peaks | None:
        """The lines that are as large as the largest of several years, None where there are none."""
        counted = np.zeros((self.first_line[-1], len(self.years)), dtype=bool)
        for (_, _, own), start, stop in zip(self.uses, self.first_line[:-1], self.first_line[1:], strict=True):
            if len(own.sizing) > 1:
                counted[start:stop, list(own.sizing)] = True
        return Peaks(self.years, self.share_frac, counted) if counted.any() else None

    def loads(self, pack: int, explored: Explored, index: IntArray) -> OnLines:
        """Lines, rates and the cost at plant size of the candidates `index` of one pack."""
        assert self.engineering.pooled is not None
        task, values = explored.task, explored.values
        conversion = np.stack([values[name][index] for name in CONVERSION_VALUES])
        conversion = conversion.reshape(len(PARTS), len(GROUPS), len(index))
        pool = task.terms.ownership.pool_factor
        plant_packs = self.engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / values["pack_energy_kwh"][index]
        made = np.full(len(index), pool * self.best_per_yr[pack])
        rate = equivalent_rate(conversion / USD_PER_MUSD, made, plant_packs, self.engineering.pooled.exponent)
        keys = [_key(shared, explored, index) for shared in self.engineering.pooled.shared_by]
        on = [rate[part, group] * self._share(pack, own) for part, group, own in self.uses]
        line = [start + keys[group] for start, (_, group, _) in zip(self.first_line, self.uses, strict=False)]
        rates = np.stack(on, axis=1)
        return OnLines(
            line=np.where(rates > 0, np.stack(line, axis=1), NO_LINE),
            rate=rates,
            conversion_usd=conversion.sum(axis=0) * pool * task.packs_discounted,
        )

    def costs(self, instance: PortfolioInstance, chosen: IntArray, explored: Sequence[Explored]) -> list[LineCost]:
        """What the chosen pairs of an instance, one a pack, cost on every line that they use."""
        usd = instance.lines.at(np.arange(len(instance.lines)), rates_of(instance, chosen))
        made = [self._made(*item) for item in enumerate(zip(explored, instance.pairs.candidate[chosen], strict=True))]
        return [
            self._cost(group, key, usd, [item for item in made if item.keys[group] == key])
            for group, names in enumerate(self.names_of_group)
            for key in range(len(names))
            if any(item.keys[group] == key for item in made)
        ]

    def _made(self, pack: int, choice: tuple[Explored, int]) -> _Made:
        assert self.engineering.pooled is not None
        (explored, candidate), index = choice, np.array([choice[1]])
        task, as_sized_usd = explored.task, self.loads(pack, explored, index).conversion_usd[:, 0]
        energy = explored.values["pack_energy_kwh"][candidate] * task.terms.ownership.pool_factor
        keys = [int(_key(shared, explored, index)[0]) for shared in self.engineering.pooled.shared_by]
        return _Made(
            pack=task.pack.name,
            keys=tuple(key if usd > 0 else NO_LINE for key, usd in zip(keys, as_sized_usd, strict=True)),
            energy_gwh_by_year=energy * self.best_per_yr[pack] * self.share_frac[pack] / KWH_PER_GWH,
            as_sized_usd=as_sized_usd,
        )

    def _cost(self, group: int, key: int, usd: FloatArray, made: list[_Made]) -> LineCost:
        assert self.engineering.pooled is not None
        parts = np.zeros(len(PARTS))
        for (part, own_group, _), start in zip(self.uses, self.first_line, strict=False):
            parts[part] += usd[start + key] if own_group == group else 0.0
        return LineCost(
            group=GROUPS[group],
            shared_by=self.engineering.pooled.shared_by[group],
            name=self.names_of_group[group][key],
            packs=tuple(item.pack for item in made),
            energy_gwh_per_yr=float(np.sum([item.energy_gwh_by_year for item in made], axis=0).max()),
            running_usd=float(parts[PARTS.index(RUNNING)]),
            capital_usd=float(parts[PARTS.index(CAPITAL)]),
            as_sized_usd=float(sum(item.as_sized_usd[group] for item in made)),
        )

    def _share(self, pack: int, own: LineYears) -> float:
        """What a pack makes in the year that sizes a line, over its best year; that of several years comes later."""
        return 1.0 if len(own.sizing) > 1 else float(self.share_frac[pack, own.sizing[0]])

    def _name(self, part: int, group: int, own: LineYears, name: str) -> str:
        words = f"{GROUPS[group].replace('_', ' ')}{f' of {name}' if name else ''}, {PARTS[part]}"
        years = "-".join(str(self.years[year]) for year in own.sizing)
        return words if len(self.of_part[part]) == 1 else f"{words} {years}"


def _key(shared_by: str, explored: Explored, index: IntArray) -> IntArray:
    """Which line of its group a candidate uses."""
    platforms, counts = explored.candidates.platforms, explored.candidates.counts
    keys = {CHEMISTRY: platforms.couple, FORMAT: platforms.cell_format, ARCHITECTURE: counts.architecture}
    return keys[shared_by][index] if shared_by in keys else np.zeros(len(index), dtype=np.int64)
