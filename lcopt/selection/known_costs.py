"""What packs cost and how long they live under some settings of money and use, known once for each of the last ones."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.lifecycle import lifecycle_cost
from lcopt.selection.charged import mean_stop_min
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import BATCH_COUNT, cost_of
from lcopt.selection.fading import life_values
from lcopt.selection.fingerprints import fingerprint
from lcopt.selection.geometry import Values
from lcopt.selection.known_builds import Columns, KnownBuilds
from lcopt.selection.known_settings import of_costing, of_living
from lcopt.selection.owned import owned_packs
from lcopt.selection.recycled import recycling_value_usd_per_kwh
from lcopt.selection.tasks import PackTask
from lcopt.units import WH_PER_KWH

# Settings of prices, and of prices with a life, whose costs are kept.
PRICES_COUNT, LIVES_COUNT = 4, 4
COST, PRICE, RECYCLING = "lifecycle_cost_usd_per_pack", "price_usd_per_pack", "recycling_value_usd_per_kwh"
LIFE_VALUES = ("soh_life_yr", "soh_life_km", "warranty_margin_frac")


@dataclass(frozen=True)
class Pairs:
    """Builds with a technology class and a heater each, arrays of shape (n,)."""

    build: IntArray
    technology_class: IntArray
    heater: IntArray

    def take(self, index: IntArray) -> Pairs:
        """The pairs at `index`."""
        return Pairs(self.build[index], self.technology_class[index], self.heater[index])

    def __len__(self) -> int:
        return len(self.build)


class KnownCosts:
    """Costs of builds, by the fingerprint of all that costing and the lifecycle read."""

    def __init__(self, builds: KnownBuilds) -> None:
        self._builds = builds
        self._priced: OrderedDict[str, Columns] = OrderedDict()
        self._lived: OrderedDict[str, Columns] = OrderedDict()

    @property
    def bytes_count(self) -> int:
        """Bytes that the costs take."""
        return sum(columns.bytes_count for columns in (*self._priced.values(), *self._lived.values()))

    def under(self, task: PackTask, engineering: Engineering) -> CostsUnder:
        """Costs under one setting."""
        costing, living = of_costing(engineering), of_living(task)
        by_price = fingerprint(costing)
        return CostsUnder(
            self._builds,
            living,
            costing,
            _last(self._priced, by_price, PRICES_COUNT),
            _last(self._lived, fingerprint(by_price, living), LIVES_COUNT),
        )


def _last(kept: OrderedDict[str, Columns], key: str, count: int) -> Columns:
    """The columns of a setting; beyond some settings those used longest ago are dropped."""
    kept.setdefault(key, Columns())
    kept.move_to_end(key)
    while len(kept) > count:
        kept.popitem(last=False)
    return kept[key]


@dataclass(frozen=True)
class CostsUnder:
    """Costs of builds under one setting; `task` and `engineering` hold what is read and nothing else."""

    builds: KnownBuilds
    task: PackTask
    engineering: Engineering
    priced: Columns
    lived: Columns

    def values(self, pairs: Pairs, *, with_life: bool) -> Values:
        """Lifecycle cost, what a heater changes, and where asked the values of the life, each (n,)."""
        wanted = (COST, *LIFE_VALUES) if with_life else (COST,)
        found = {name: np.empty(len(pairs.build)) for name in wanted}
        places = self.builds.designed(pairs.build)
        missing = []
        for option, here in _by_option(pairs):
            columns = {name: self.lived.column((name, option), self.builds.designed_count) for name in wanted}
            for name, column in columns.items():
                found[name][here] = column[places[here]]
            missing.append(here[np.logical_or.reduce([np.isnan(found[name][here]) for name in wanted])])
        self._live(pairs, places, np.sort(np.concatenate(missing)), found)
        return {**found, **self._with_heater(pairs)}

    def _live(self, pairs: Pairs, places: IntArray, missing: IntArray, found: Values) -> None:
        """Fill what is missing, and keep it."""
        for index in _in_batches(missing):
            some = pairs.take(index)
            lived = self._lives(some, places[index], tuple(found))
            for name, value in lived.items():
                found[name][index] = value
                for option, here in _by_option(some):
                    column = self.lived.column((name, option), self.builds.designed_count)
                    column[places[index[here]]] = value[here]

    def _lives(self, pairs: Pairs, places: IntArray, wanted: tuple[str, ...]) -> Values:
        task, builds = self.task, self.builds
        price, recycling = self._prices(pairs, places)
        couple, changed = builds.couple(pairs.build), self._with_heater(pairs)
        cold = builds.cold_stop(pairs.build, pairs.technology_class, pairs.heater)
        stop = builds.charging_time_min(pairs.build, pairs.technology_class)
        owned = owned_packs(
            task,
            couple,
            builds.value("pack_energy_kwh", pairs.build),
            changed["pack_mass_kg"],
            mean_stop_min(task, stop, None if cold is None else cold[0]),
            np.zeros(len(couple)) if cold is None else cold[1],
            price,
            recycling,
            self.engineering.making_kg_per_kwh,
        )
        life = lifecycle_cost(owned, task.terms)
        values = {COST: life.lifecycle_cost_usd}
        if len(wanted) > 1:
            values |= life_values(life.fade, task.terms, task.warranty)
        return values

    def _prices(self, pairs: Pairs, places: IntArray) -> tuple[FloatArray, FloatArray]:
        """Price and value at the end of life, each (n,)."""
        found = np.empty((2, len(places)))
        columns = {
            option: [self.priced.column((name, option), self.builds.designed_count) for name in (PRICE, RECYCLING)]
            for option, _ in _by_option(pairs)
        }
        missing = [here[np.isnan(columns[option][0][places[here]])] for option, here in _by_option(pairs)]
        for index in self._alike(np.sort(np.concatenate(missing)), pairs):
            some, rows = pairs.take(index), places[index]
            costed = self._costed(some, rows)
            for option, here in _by_option(some):
                for column, value in zip(columns[option], costed, strict=True):
                    column[rows[here]] = value[here]
        for option, here in _by_option(pairs):
            found[:, here] = [column[places[here]] for column in columns[option]]
        return found[0], found[1]

    def _costed(self, pairs: Pairs, places: IntArray) -> tuple[FloatArray, FloatArray]:
        geometry = self.builds.geometry(places, pairs.technology_class, pairs.heater)
        price = cost_of(geometry, self.engineering).battery_system_cost_usd
        return price, recycling_value_usd_per_kwh(geometry, self.engineering)

    def _alike(self, index: IntArray, pairs: Pairs) -> list[IntArray]:
        """Batches of pairs; of one cell format each where recyclers ask for it."""
        if self.engineering.recycling is None or not index.size:
            return _in_batches(index)
        formats = self.builds.value("format", pairs.build[index])
        return [some for number in np.unique(formats) for some in _in_batches(index[formats == number])]

    def _with_heater(self, pairs: Pairs) -> Values:
        """Mass and specific energy with the heater, each (n,)."""
        mass_kg = self.builds.value("pack_mass_kg", pairs.build)
        specific = self.builds.value("pack_specific_energy_wh_per_kg", pairs.build)
        heater_kg = self.engineering.heaters.mass_kg[pairs.heater]
        if heater_kg.any():
            energy_kwh = self.builds.value("pack_energy_kwh", pairs.build)
            mass_kg = mass_kg + heater_kg
            specific = np.where(heater_kg > 0, energy_kwh * WH_PER_KWH / mass_kg, specific)
        return {"pack_mass_kg": mass_kg, "pack_specific_energy_wh_per_kg": specific}


def _by_option(pairs: Pairs) -> list[tuple[tuple[int, int], IntArray]]:
    """Every technology class with a heater that occurs, and the pairs that have it."""
    heaters_count = int(pairs.heater.max(initial=0)) + 1
    option = pairs.technology_class * heaters_count + pairs.heater
    return [
        ((int(number) // heaters_count, int(number) % heaters_count), np.flatnonzero(option == number))
        for number in np.flatnonzero(np.bincount(option))
    ]


def _in_batches(index: IntArray) -> list[IntArray]:
    return np.split(index, range(BATCH_COUNT, len(index), BATCH_COUNT)) if index.size else []
