"""Many scenarios: every point of a sweep optimized, one row a point, on this machine or on a cluster.

What is finished is kept in a store, so that a sweep that was killed goes on where it was.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.reader import SweepPoint, read_sweep
from lcopt.inputs.writing import document_of
from lcopt.store import Store, store_path
from lcopt.sweep_points import Job, Solved, job_of, this_build
from lcopt.sweep_processes import solve_here
from lcopt.sweep_shares import Shares
from lcopt.sweep_tables import point_table

if TYPE_CHECKING:
    import pandas as pd

    from lcopt.inputs.scenario import Scenario
    from lcopt.sweep_dask import ClusterClient

Record = dict[str, Any]
Runner = Callable[[Shares], Iterator[Solved]]


def sweep(
    scenario: Scenario,
    settings: Mapping[str, Any],
    jobs: int = 1,
    store: str | os.PathLike[str] | None = None,
    client: ClusterClient | None = None,
) -> pd.DataFrame:
    """Optimize a scenario at every combination of settings.

    Parameters
    ----------
    scenario : Scenario
        As read by `lcopt.read_scenario`.
    settings : mapping
        As in the block `sweep` of a file: address -> values or range; axes below `zip` go side by side.
    jobs : int
        Points that run at once, each in a process of its own; does not count where there is a client. A script that
        asks for more than one keeps its work below `if __name__ == "__main__":`, since those processes import it.
    store : path, optional
        A folder, or a file that ends in .sqlite: finished points are kept there, and those found there are not solved
        again. A damaged file there is moved aside with a warning that names it.
    client : distributed.Client, optional
        Of a Dask cluster whose workers solve the points; its workers need this version of lcopt.

    Returns
    -------
    DataFrame
        A row a point: its settings, `status`, costs, the chosen platform and chemistry of every pack, and `problem`
        where nothing was chosen.

    Raises
    ------
    ScenarioError
        With every mistake in the settings.
    StoreError, ReportError
        Where the store cannot be used.
    ClusterError
        Where the cluster cannot be used, or its workers have another version of lcopt.
    """
    catalog = packaged_catalog().with_rows(scenario.replaced_rows)
    points = read_sweep({**document_of(scenario, catalog), "sweep": dict(settings)}, catalog)
    with opened(store) as kept:
        if kept is not None and kept.note:
            warnings.warn(kept.note, stacklevel=2)
        asked = AskedSweep.of(scenario.name, points, kept)
        records = dict(asked.solved(runner_of(jobs, client)))
    return point_table(records[number] for number in range(len(points)))


def opened(store: str | os.PathLike[str] | None) -> AbstractContextManager[Store | None]:
    """The store at a place, or none."""
    return nullcontext() if store is None else Store(store_path(store))


def runner_of(jobs: int, client: ClusterClient | None = None) -> Runner:
    """Whoever solves the points: the workers of a client, or so many processes of this machine."""
    if client is None:
        return lambda asked: solve_here(asked, jobs)
    from lcopt.sweep_dask import solve_on

    return lambda asked: solve_on(client, asked)


@dataclass(frozen=True)
class AskedSweep:
    """The points of a sweep with their jobs, in their order, and the store that keeps them.

    Every other run of a store begins with its last points: two that are started together meet in the middle.
    """

    points: Sequence[SweepPoint]
    jobs: Sequence[Job]
    store: Store | None
    finished: Mapping[str, Record]
    is_backward: bool = False

    @classmethod
    def of(cls, name: str, points: Sequence[SweepPoint], store: Store | None) -> AskedSweep:
        """A sweep that begins, noted in the store."""
        jobs = [job_of(point.scenario) for point in points]
        if store is None:
            return cls(points, jobs, None, {})
        settings = [(point.settings, job.key) for point, job in zip(points, jobs, strict=True)]
        run = store.begin_run(name, this_build().lcopt_version, settings)
        return cls(points, jobs, store, store.found_of(job.key for job in jobs), is_backward=run % 2 == 0)

    @property
    def found_count(self) -> int:
        """Points that the store has."""
        return sum(job.key in self.finished for job in self.jobs)

    def solved(self, runner: Runner) -> Iterator[tuple[int, Record]]:
        """The place and the record of every point: first those that were finished, the others as they are done.

        What is solved is kept before it is told.
        """
        places: dict[str, list[int]] = {}
        for place, job in enumerate(self.jobs):
            places.setdefault(job.key, []).append(place)
        for key, record in self.finished.items():
            yield from self._placed(places[key], record)
        meanwhile: dict[str, Record] = {}
        for done in runner(self._shares(meanwhile)):
            self._keep(done)
            yield from self._placed(places[done.key], done.record)
            yield from self._taken(places, meanwhile)
        yield from self._taken(places, meanwhile)

    def _shares(self, meanwhile: dict[str, Record]) -> Shares:
        """Each job once that is not finished; one that another sweep has finished when it is taken is noted instead."""

        def is_open(job: Job) -> bool:
            record = None if self.store is None else self.store.found(job.key)
            if record is not None:
                meanwhile[job.key] = record
            return record is None

        unsolved = list({job.key: job for job in self.jobs if job.key not in self.finished}.values())
        return Shares(reversed(unsolved) if self.is_backward else unsolved, is_open)

    def _keep(self, done: Solved) -> None:
        if self.store is not None and done.is_final:
            build = this_build()
            self.store.put(done.key, done.record, done.seconds, build.lcopt_version, build.data_hash)

    def _taken(self, places: Mapping[str, list[int]], meanwhile: dict[str, Record]) -> Iterator[tuple[int, Record]]:
        while meanwhile:
            key, record = meanwhile.popitem()
            yield from self._placed(places[key], record)

    def _placed(self, places: Sequence[int], record: Record) -> Iterator[tuple[int, Record]]:
        for place in places:
            yield place, {"settings": dict(self.points[place].settings), **record}
