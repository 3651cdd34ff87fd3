"""A fade law whose calendar loss levels off: that of the Sony-Murata 3 Ah LFP cell.

loss = limit tanh((rate t)^exponent / 2) + (cycle_rate EFC)^cycle_exponent, the sigmoid 2 limit (1/2 - 1/(1 + e^z))
written as a tanh. Limit and exponent depend on temperature and state of charge, the cycle rate on depth of discharge
and C-rate. It brackets the power law of LFP; the optimizer does not use it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import Stress
from lcopt.performance.rate_grids import TEMPERATURE, RateGrid, read_rate_grid


@dataclass(frozen=True)
class SigmoidLaw:
    """Constants of a sigmoid law."""

    calendar_rate_per_d: float
    cycle_exponent: float


@dataclass(frozen=True)
class SigmoidTable:
    """Limit and exponent by temperature and state of charge, cycle rate by depth of discharge and C-rate."""

    law: SigmoidLaw
    calendar_limit: RateGrid
    calendar_exponent: RateGrid
    cycle: RateGrid


@dataclass(frozen=True)
class SigmoidFade:
    """A law under one stress."""

    calendar_limit_frac: float
    calendar_rate_per_d: float
    calendar_exponent: float
    cycle_rate: float
    cycle_exponent: float

    def calendar_loss_frac(self, time_d: FloatArray | float) -> FloatArray:
        """Loss of a time [-]."""
        return np.asarray(
            self.calendar_limit_frac * np.tanh((self.calendar_rate_per_d * time_d) ** self.calendar_exponent / 2)
        )

    def cycle_loss_frac(self, cycles_count: FloatArray | float) -> FloatArray:
        """Loss of so many equivalent full cycles [-]."""
        return np.asarray((self.cycle_rate * cycles_count) ** self.cycle_exponent)

    def time_d_at(self, calendar_loss_frac: float) -> float:
        """Time after which the calendar has taken a loss below its limit [d]."""
        z = 2 * np.arctanh(calendar_loss_frac / self.calendar_limit_frac)
        return float(z ** (1 / self.calendar_exponent) / self.calendar_rate_per_d)

    def cycles_count_at(self, cycle_loss_frac: float) -> float:
        """Cycles that have taken a loss."""
        return float(cycle_loss_frac ** (1 / self.cycle_exponent) / self.cycle_rate)


def read_sigmoid_table(catalog: Catalog, law: str) -> SigmoidTable:
    """One law of `sigmoid_fade_laws.csv` with its grids of `sigmoid_fade_rates.csv`."""
    rows = catalog.table("sigmoid_fade_rates")
    calendar = (TEMPERATURE, "soc_frac")
    return SigmoidTable(
        law=catalog.constants(SigmoidLaw, "sigmoid_fade_laws", fade_law=law),
        calendar_limit=read_rate_grid(rows.select(fade_law=law, part="calendar_limit"), calendar),
        calendar_exponent=read_rate_grid(rows.select(fade_law=law, part="calendar_exponent"), calendar),
        cycle=read_rate_grid(rows.select(fade_law=law, part="cycle"), ("dod_frac", "rate_per_h")),
    )


def sigmoid_fade_under(table: SigmoidTable, stress: Stress) -> SigmoidFade:
    """The fade of one law under a stress at a constant temperature.

    References
    ----------
    blast_lite
    """
    temperature, soc = stress.temperature_deg_c, stress.soc_mean_frac
    return SigmoidFade(
        calendar_limit_frac=float(table.calendar_limit.at(temperature, soc)),
        calendar_rate_per_d=table.law.calendar_rate_per_d,
        calendar_exponent=float(table.calendar_exponent.at(temperature, soc)),
        cycle_rate=float(table.cycle.at(stress.dod_frac, stress.rate_per_h)),
        cycle_exponent=table.law.cycle_exponent,
    )
