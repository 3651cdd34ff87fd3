"""The platform portfolio at full size, each time against the obvious way in the same run."""

from __future__ import annotations

import sys
import time

import highspy
import numpy as np
import pytest
from made_portfolios import large_portfolio, model_range
from scipy import sparse

from lcopt.selection.dominance import undominated, undominated_pairs
from lcopt.selection.instance import rates_of
from lcopt.selection.joining import joined_arrays
from lcopt.selection.lines import secants
from lcopt.selection.model import portfolio_model
from lcopt.selection.proving import prove
from lcopt.selection.solver import transferred
from lcopt.selection.sweeping import sweep_limits

PLAIN_LIMIT_S = 60.0
GAP_FRAC = 1e-6
SEEDS_COUNT = 3


def told(capsys, words):
    with capsys.disabled():
        sys.stdout.write(f"\n{words}")


@pytest.fixture(scope="module")
def large():
    return large_portfolio(packs=50, candidates=10_000, platforms=20)


def multiple_choice(instance) -> highspy.Highs:
    """The same choice in the textbook form: a pooled rate a line, bounds of its segments, no part of a pack in them."""
    pairs, lines = instance.pairs, instance.lines
    pieces = secants(lines, instance.highest_rate, [instance.highest_rate * s for s in (0.05, 0.2, 0.5)])
    n, p, s, k = len(pairs), instance.platforms_count, len(pieces), len(lines)
    group = np.unique(pairs.pack * p + pairs.platform, return_inverse=True)
    groups, of_pair = group
    width = n + p + 2 * s
    segment = np.arange(s)

    def rows(row, column, value, count):
        return sparse.csr_array((value, (row, column)), shape=(count, width))

    blocks = [
        rows(pairs.pack, np.arange(n), np.ones(n), instance.packs_count),
        rows(of_pair, np.arange(n), np.ones(n), len(groups))
        - rows(np.arange(len(groups)), n + groups % p, np.ones(len(groups)), len(groups)),
        rows(pairs.line.ravel(), np.repeat(np.arange(n), 3), pairs.rate.ravel(), k)
        - rows(pieces.line, n + p + s + segment, np.ones(s), k),
        rows(segment, n + p + s + segment, np.ones(s), s) - rows(segment, n + p + segment, pieces.upper_rate, s),
        rows(segment, n + p + segment, pieces.lower_rate, s) - rows(segment, n + p + s + segment, np.ones(s), s),
        rows(pieces.line, n + p + segment, np.ones(s), k) - rows(np.arange(k), n + np.arange(k) // 3, np.ones(k), k),
    ]
    counts = [block.shape[0] for block in blocks]
    lower = [1.0, -np.inf, 0.0, -np.inf, -np.inf, -np.inf]
    upper = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    matrix = sparse.vstack(blocks, format="csc")
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    cost = [pairs.cost_usd, instance.platform_fixed_cost_usd, pieces.intercept_usd, pieces.slope_usd_per_rate]
    program.col_cost_ = np.concatenate(cost) / 1e6
    program.col_lower_ = np.zeros(width)
    program.col_upper_ = np.concatenate([np.ones(n + p + s), np.full(s, np.inf)])
    program.row_lower_, program.row_upper_ = np.repeat(lower, counts), np.repeat(upper, counts)
    _set_matrix(program, matrix)
    kinds = [highspy.HighsVarType.kInteger] * (n + p + s) + [highspy.HighsVarType.kContinuous] * s
    program.integrality_ = kinds
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", GAP_FRAC)
    solver.setOptionValue("time_limit", PLAIN_LIMIT_S)
    solver.passModel(program)
    return solver


def _set_matrix(program, matrix):
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data


@pytest.mark.benchmark(group="portfolio")
def test_half_a_million_candidates_are_decided_fifty_times_faster_than_multiple_choice(benchmark, large, capsys):
    proof = benchmark.pedantic(prove, (large, GAP_FRAC), rounds=3, warmup_rounds=1)
    assert proof.proven
    assert proof.gap_frac <= GAP_FRAC
    if benchmark.stats is None:
        return
    ratios = [compared(large, benchmark.stats.stats.min, capsys)]
    for seed in range(1, SEEDS_COUNT):
        other = large_portfolio(packs=50, candidates=10_000, platforms=20, seed=seed)
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            assert prove(other, GAP_FRAC).proven
            seconds.append(time.perf_counter() - start)
        ratios.append(compared(other, min(seconds), capsys))
    told(capsys, f"median {np.median(ratios):.0f} times")
    assert np.median(ratios) > 50


def compared(instance, seconds, capsys) -> float:
    """How many times longer the textbook form takes, up to its time limit."""
    start = time.perf_counter()
    solver = multiple_choice(instance)
    solver.run()
    plain = time.perf_counter() - start
    gap = solver.getInfo().mip_gap
    told(
        capsys,
        f"{len(instance.pairs):,} pairs: {seconds:.2f} s; multiple choice {plain:.0f} s, gap {gap:.2g}; "
        f"{plain / seconds:.0f} times",
    )
    return plain / seconds


@pytest.mark.benchmark(group="portfolio")
def test_a_range_of_eight_packs_with_shared_lines_is_decided_within_seconds(benchmark, capsys):
    instance = model_range()
    proof = benchmark.pedantic(prove, (instance, GAP_FRAC), rounds=1)
    assert proof.proven
    assert proof.gap_frac <= GAP_FRAC
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        told(
            capsys,
            f"{len(instance.pairs):,} pairs on {instance.platforms_count:,} platforms, {len(instance.lines)} shared "
            f"lines: {seconds:.1f} s, {proof.solved_pairs_count} left, {proof.rounds} rounds",
        )
        assert seconds < 15


@pytest.mark.benchmark(group="portfolio")
def test_a_million_candidates_of_one_pack_are_pruned_within_a_second(benchmark, capsys):
    generator = np.random.default_rng(0)
    rates = generator.uniform(0.7, 1.3, (1_000_000, 3))
    cost = 1.0 - 0.3 * (rates.mean(axis=1) - 1.0) + generator.normal(0, 0.05, 1_000_000)
    keys = np.column_stack([cost, rates])
    kept = benchmark.pedantic(undominated, (np.zeros(len(keys), dtype=np.int64), keys), rounds=3, warmup_rounds=1)
    sample = generator.choice(len(keys), 200, replace=False)
    beaten = np.array([(keys <= keys[one]).all(axis=1).sum() > 1 for one in sample])
    assert (np.isin(sample, kept) == ~beaten).all()
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        told(capsys, f"1e6 candidates of one pack: {len(kept)} left after {seconds:.2f} s")
        assert seconds < 1.0


@pytest.mark.benchmark(group="portfolio: build and transfer")
def test_the_readable_model_costs_no_more_than_half_as_much_again_as_bare_arrays(benchmark, large, capsys):
    benchmark.pedantic(readable, (large, four_pieces(large)), rounds=3, warmup_rounds=1)
    if benchmark.stats is None:
        return
    ratio = benchmark.stats.stats.min / fastest(bare_arrays, large, 3)
    told(capsys, f"{len(large.pairs):,} pairs: {benchmark.stats.stats.min:.2f} s, {ratio:.2f} times bare arrays")
    assert ratio < 1.5


@pytest.mark.benchmark(group="portfolio: build and transfer")
def test_the_readable_model_of_a_pruned_portfolio_takes_a_twentieth_of_a_second(benchmark, large, capsys):
    """The frame itself costs as much for 1,000 pairs as for 100,000: little, but more than bare arrays of so few."""
    few = large.take(np.sort(np.random.default_rng(0).choice(len(large.pairs), 1000, replace=False)))
    benchmark.pedantic(readable, (few, four_pieces(few)), rounds=20, warmup_rounds=1)
    if benchmark.stats is None:
        return
    seconds, bare = benchmark.stats.stats.min, fastest(bare_arrays, few, 20)
    told(capsys, f"1,000 pairs: {1000 * seconds:.1f} ms, bare arrays {1000 * bare:.1f} ms")
    assert seconds < 0.05


def four_pieces(instance):
    return secants(instance.lines, instance.highest_rate, [instance.highest_rate * s for s in (0.05, 0.2, 0.5)])


def fastest(build, instance, rounds) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        build(instance, four_pieces(instance))
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def readable(instance, pieces):
    return transferred(joined_arrays(portfolio_model(instance, pieces, np.empty((0, 0)))), GAP_FRAC, PLAIN_LIMIT_S)


def bare_arrays(instance, pieces) -> highspy.Highs:
    """The facility-location form from arrays alone, for three lines a pair with equally many segments."""
    pairs, n, p, s = instance.pairs, len(instance.pairs), instance.platforms_count, len(pieces)
    each = s // len(instance.lines)
    use, parts = np.repeat(np.arange(3 * n), each), 3 * n * each
    segment = pairs.line.ravel()[use] * each + np.tile(np.arange(each), 3 * n)
    groups, of_pair = np.unique(pairs.pack * p + pairs.platform, return_inverse=True)
    shares, of_part = np.unique(pairs.pack[use // 3] * s + segment, return_inverse=True)
    width, lines_count = p + s + n + parts, len(instance.lines)
    choose, part = p + s + np.arange(n), p + s + n + np.arange(parts)
    rows = [
        (pairs.pack, choose, 1.0, instance.packs_count),
        (of_pair, choose, 1.0, 0),
        (np.arange(len(groups)), groups % p, -1.0, len(groups)),
        (pieces.line, p + np.arange(s), 1.0, 0),
        (np.arange(lines_count), np.arange(lines_count) // 3, -1.0, lines_count),
        (of_part, part, 1.0, 0),
        (np.arange(len(shares)), p + shares % s, -1.0, len(shares)),
        (use, part, 1.0, 0),
        (np.arange(3 * n), choose[np.arange(3 * n) // 3], -1.0, 3 * n),
    ]
    offset = np.concatenate([[0], np.cumsum([count for *_, count in rows])])
    row = np.concatenate([own + offset[number] for number, (own, *_) in enumerate(rows)])
    column = np.concatenate([own for _, own, *_ in rows])
    value = np.concatenate([np.full(len(own), sign) for own, _, sign, _ in rows])
    matrix = sparse.csc_array((value, (row, column)), shape=(int(offset[-1]), width))
    part_cost = pieces.slope_usd_per_rate[segment] * pairs.rate.ravel()[use]
    cost = [instance.platform_fixed_cost_usd, pieces.intercept_usd, pairs.cost_usd, part_cost]
    count = matrix.shape[0]
    lower, upper, kinds = np.full(count, -np.inf), np.zeros(count), np.zeros(width, dtype=np.int32)
    lower[: instance.packs_count], upper[: instance.packs_count], lower[offset[-2] :] = 1.0, 1.0, 0.0
    kinds[: p + s + n] = 1
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(
        width,
        count,
        matrix.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.concatenate(cost) / 1e6,
        np.zeros(width),
        np.ones(width),
        lower,
        upper,
        matrix.indptr,
        matrix.indices,
        matrix.data,
        kinds,
    )
    return solver


@pytest.mark.benchmark(group="portfolio: sweep")
def test_a_thousand_settings_of_limits_are_swept_twenty_times_faster_than_solved_afresh(benchmark, capsys):
    instance = large_portfolio(packs=8, candidates=1000, platforms=8)
    generator = np.random.default_rng(0)
    metrics = generator.uniform(0, 1, (len(instance.pairs), 2))
    settings = np.stack(np.meshgrid(np.linspace(1.0, 0.7, 40), np.linspace(1.0, 0.7, 25)), axis=-1).reshape(-1, 2)
    sweep = benchmark.pedantic(sweep_limits, (instance, metrics, settings), rounds=1)
    assert len(sweep.proofs) == 1000
    sample = generator.choice(1000, 20, replace=False)
    start = time.perf_counter()
    for number in sample:
        fresh = prove(instance.take(np.flatnonzero((metrics <= settings[number]).all(axis=1))))
        assert fresh.cost_usd == pytest.approx(sweep.proofs[number].cost_usd, rel=2 * GAP_FRAC)
    each = (time.perf_counter() - start) / len(sample)
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        told(
            capsys, f"1,000 settings: {sweep.solved_count} solved, {each * 1000 / seconds:.0f} times faster than fresh"
        )
        assert each * 1000 / seconds > 20


@pytest.mark.benchmark(group="portfolio")
def test_dominance_of_a_large_portfolio(benchmark, large):
    kept = benchmark.pedantic(undominated_pairs, (large,), rounds=3, warmup_rounds=1)
    assert len(kept) < len(large.pairs)
    assert rates_of(large, kept[:1]).shape == (len(large.lines),)
