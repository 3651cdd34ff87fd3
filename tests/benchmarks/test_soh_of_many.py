"""State of health of many designs over 15 years, against the same designs one by one in the same run."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from lcopt.performance.aging import (
    Fade,
    Stress,
    fade_under,
    read_fade_table,
    stacked_fade,
    yearly_fade,
)
from lcopt.performance.calibration import Range, fade_range
from lcopt.performance.life import life_yr

DESIGNS_COUNT, YEARS_COUNT = 100_000, 15
ONE_BY_ONE_COUNT = 2000
SECONDS_MAX = 0.5


@pytest.fixture(scope="module")
def designs(catalog) -> tuple[Fade, np.ndarray]:
    laws = ("Lfp_Gr_250AhPrismatic", "NMC_Gr_50Ah_B2", "Nca_Gr_Panasonic3Ah", "Nmc811_GrSi_LGM50_5Ah")
    fades = stacked_fade([fade_under(read_fade_table(catalog, law), Stress(25.0, 0.6, 0.35, 0.185)) for law in laws])
    generator = np.random.default_rng(0)
    cycles = generator.uniform(30, 300, DESIGNS_COUNT)
    return fades.take(generator.integers(0, len(laws), DESIGNS_COUNT)), cycles


def soh_of(fade: Fade, cycles: np.ndarray) -> np.ndarray:
    aging = yearly_fade(fade, cycles)
    return np.array([aging.soh_frac(float(year)) for year in range(YEARS_COUNT + 1)])


@pytest.mark.benchmark(group="aging")
def test_soh_of_a_hundred_thousand_designs_over_15_years(benchmark, designs, capsys):
    soh = benchmark.pedantic(soh_of, designs, rounds=5, warmup_rounds=1)
    assert soh.shape == (16, DESIGNS_COUNT)
    fade, cycles = designs
    index = np.arange(ONE_BY_ONE_COUNT)
    start = time.perf_counter()
    alone = [soh_of(fade.take(index[at : at + 1]), cycles[at : at + 1])[:, 0] for at in index]
    each = (time.perf_counter() - start) / ONE_BY_ONE_COUNT
    assert pytest.approx(soh[:, :ONE_BY_ONE_COUNT]) == np.array(alone).T
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        ratio = each * DESIGNS_COUNT / seconds
        with capsys.disabled():
            sys.stdout.write(f"\n{DESIGNS_COUNT:,} designs x 15 years: {seconds:.3f} s, {ratio:.0f} times one by one")
        assert seconds < SECONDS_MAX
        assert ratio > 20


@pytest.mark.benchmark(group="aging")
def test_life_of_a_hundred_thousand_designs_with_its_range(benchmark, designs):
    fade, cycles = designs
    span = Range(0.6, 1.0, 1.6)
    ends = fade_range(fade, span, span)

    def lives():
        return [life_yr(yearly_fade(end, cycles), 0.7) for end in (ends.high, ends.central, ends.low)]

    worst, central, best = benchmark.pedantic(lives, rounds=3, warmup_rounds=1)
    assert (worst < central).all()
    assert (central < best).all()
