"""Many scenarios: every point of a sweep optimized, one row a point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer import echo

from lcopt.batch import DONE, INFEASIBLE, NO_PROOF, json_text, make_folder, plain, write_atomically
from lcopt.errors import InfeasibleError, LcoptError, SolverError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.reader import SweepPoint, read_sweep
from lcopt.inputs.words import SALE
from lcopt.inputs.writing import document_of

if TYPE_CHECKING:
    import pandas as pd

    from lcopt.inputs.scenario import Scenario

Record = dict[str, Any]
COSTS = ("lifecycle_cost_usd", "lower_bound_usd", "gap_frac")
INFEASIBLE_WORD, STOPPED_WORD = "infeasible", "stopped"
STATUS_OF = {"optimal": DONE, INFEASIBLE_WORD: INFEASIBLE, STOPPED_WORD: NO_PROOF}


def sweep(scenario: Scenario, settings: Mapping[str, Any], jobs: int = 1) -> pd.DataFrame:
    """Optimize a scenario at every combination of settings.

    Parameters
    ----------
    scenario : Scenario
        As read by `lcopt.read_scenario`.
    settings : mapping
        As in the block `sweep` of a file: address -> values or range; axes below `zip` go side by side.
    jobs : int
        Points that run at once, each in a process of its own.

    Returns
    -------
    DataFrame
        A row a point: its settings, `status`, costs, the chosen platform and chemistry of every pack, and `problem`
        where nothing was chosen.

    Raises
    ------
    ScenarioError
        With every mistake in the settings.
    """
    catalog = packaged_catalog().with_rows(scenario.replaced_rows)
    points = read_sweep({**document_of(scenario, catalog), "sweep": dict(settings)}, catalog)
    return _table(solve(points, jobs))


def run_sweep(points: Sequence[SweepPoint], out: Path, jobs: int, *, as_json: bool) -> int:
    """Optimize all points, print and write their table, and give the exit status.

    Raises
    ------
    ReportError
        Where the table cannot be written; an earlier one is untouched.
    """
    make_folder(out)
    name = points[0].scenario.name.rpartition("-")[0]
    records = []
    for number, record in enumerate(solve(points, jobs), start=1):
        records.append(record)
        echo(f"{number} of {len(points)}: {_told(record)}", err=True)
    table = _table(records)
    path = out / f"{name}-sweep.csv"
    write_atomically(path, lambda temporary: table.to_csv(temporary, index=False))
    if as_json:
        echo(json_text({"scenario": name, "points": records, "reports": [str(path)]}))
    else:
        shown = table.drop(columns=["lower_bound_usd", "gap_frac"])
        echo(f"{shown.to_string(index=False, float_format='{:,.0f}'.format)}\ntable: {path}")
    found = {STATUS_OF[record["status"]] for record in records}
    # A setting without a design is an answer of a sweep, unless no setting has one.
    return found.pop() if len(found) == 1 else max(found - {INFEASIBLE})


def _told(record: Record) -> str:
    settings = ", ".join(f"{address} {text}" for address, text in record["settings"].items())
    cost = record["lifecycle_cost_usd"]
    return f"{settings}: {record['status']}" if cost is None else f"{settings}: {cost:,.0f} USD"


def solve(points: Sequence[SweepPoint], jobs: int) -> Iterator[Record]:
    """The record of every point, in their order, each as soon as it and those before it are done."""
    if min(jobs, len(points)) <= 1:
        yield from map(solve_point, points)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(jobs, len(points)), mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(solve_point, points)
        except BrokenProcessPool:
            message = "a worker process ended early, perhaps for lack of memory; use fewer --jobs"
            raise SolverError(message) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def solve_point(point: SweepPoint) -> Record:
    """What one point comes to; a point that cannot be solved says why and does not stop the others.

    Prices are not compared: a table of points has no place for it, and it would cost a search or more a point.
    """
    from lcopt.study import optimize

    record: Record = {
        "settings": dict(point.settings),
        "status": "",
        **dict.fromkeys(COSTS),
        "ownership_model": None,
        "packs": [],
        "problem": "",
    }
    try:
        result = optimize(replace(point.scenario, prices_compared=None))
    except LcoptError as error:
        kind = INFEASIBLE_WORD if isinstance(error, InfeasibleError) else STOPPED_WORD
        return record | {"status": kind, "problem": str(error).splitlines()[0]}
    chosen = result.designs[["pack", "platform", "chemistry"]].to_dict("records")
    return record | {
        "status": result.status,
        **{key: plain(getattr(result, key)) for key in COSTS},
        "ownership_model": result.ownership_model,
        "packs": plain(chosen),
    }


def _table(records: Iterable[Record]) -> pd.DataFrame:
    """A row a point: settings, status, costs, platform and chemistry of every pack, and what kept a point unsolved.

    The business model has a column where any point has another than a sale.
    """
    import pandas as pd

    rows, problems = [], []
    records = list(records)
    names = {record["ownership_model"] for record in records} - {None, SALE}
    for record in records:
        problems.append(record["problem"])
        row = {**record["settings"], **{key: record[key] for key in ("status", *COSTS)}}
        if names:
            row["ownership_model"] = record["ownership_model"]
        for pack in record["packs"]:
            row |= {f"{pack['pack']}.{key}": pack[key] for key in ("platform", "chemistry")}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(problem=problems)
