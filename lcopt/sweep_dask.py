"""Points of a sweep solved on a Dask cluster; the only room that knows Dask."""

from __future__ import annotations

import importlib.metadata
import math
import platform
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from lcopt.errors import LcoptError
from lcopt.sweep_points import Build, Job, Solved, failed, solve_all, this_build
from lcopt.sweep_shares import Shares

if TYPE_CHECKING:
    from distributed import Client

    ClusterClient = Client

# A batch lasts at least so long, so that sending it costs little beside it.
BATCH_S = 0.5
# Batches that wait at each thread of a worker beside the one that it solves.
WAITING_PER_THREAD = 1
ANY_WORKER = ""
TIMEOUT_S = 20.0
EXTRA = "pip install 'lcopt[distributed]'"


class ClusterError(LcoptError):
    """The cluster cannot be used; the message says why and what to do."""


class OtherBuildError(Exception):
    """A worker has another lcopt or other data; `args` hold its machine and its build as text."""


@contextmanager
def connected(scheduler: str) -> Iterator[Client]:
    """A client of the scheduler at an address like tcp://host:8786.

    Raises
    ------
    ClusterError
        Where Dask is not installed, or no scheduler answers there.
    """
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError:
        message = f"a sweep on a cluster needs Dask, which is not installed; install it with: {EXTRA}"
        raise ClusterError(message) from None
    try:
        # A client that meets such an address by itself does not end cleanly.
        get_address_host_port(scheduler)
    except (ValueError, NotImplementedError) as error:
        message = f"'{scheduler}' is no address of a Dask scheduler ({error}); write it as tcp://host:8786"
        raise ClusterError(message) from None
    try:
        client = Client(scheduler, timeout=TIMEOUT_S, set_as_default=False)
    except OSError as error:
        message = f"no Dask scheduler answers at {scheduler} ({error}); start one with 'dask scheduler'"
        raise ClusterError(message) from None
    with client:
        yield client


def require_same_build(client: Client) -> None:
    """See that there are workers, and that each has this version of lcopt and these data.

    Raises
    ------
    ClusterError
        Naming both versions where they differ.
    """
    addresses = list(client.scheduler_info(n_workers=-1)["workers"])
    if not addresses:
        message = "the Dask scheduler has no workers; start some with 'dask worker ADDRESS'"
        raise ClusterError(message)
    # A function of Python itself, which any worker has.
    versions = client.run(importlib.metadata.version, "lcopt", on_error="return")
    for address, version in versions.items():
        if isinstance(version, BaseException):
            message = f"the worker {address} has no lcopt, this process has {this_build()}; install it there"
            raise ClusterError(message)
        if version != this_build().lcopt_version:
            raise _other_build(address, f"lcopt {version}")
    for address, build in client.run(this_build, on_error="return").items():
        if build != this_build():
            raise _other_build(address, str(build))


def solve_on(client: Client, shares: Shares) -> Iterator[Solved]:
    """Solve jobs in batches on the workers of a cluster; each comes as soon as its batch is done.

    A batch whose worker dies goes to another one; where that fails too, its points are tried once more, each alone.

    Raises
    ------
    ClusterError
        Where a worker has another version or other data.
    """
    require_same_build(client)
    batches = _Batches(client, shares)
    try:
        yield from batches.solved()
    finally:
        batches.give_up()


@dataclass(frozen=True)
class _Batch:
    """Jobs that go out together, and the worker that they are meant for, or any."""

    worker: str
    jobs: list[Job]


class _Batches:
    """Batches on their way: enough that no worker waits for the next, and no more."""

    def __init__(self, client: Client, shares: Shares) -> None:
        from distributed import as_completed

        self._client, self._shares, self._pace = client, shares, _Pace()
        self._done = as_completed([], loop=client.loop)
        self._held: dict[Any, _Batch] = {}

    def solved(self) -> Iterator[Solved]:
        """What each job came to."""
        self._fill()
        for future in self._done:
            batch = self._held.pop(future)
            if future.status == "finished":
                solved = future.result()
                self._pace.note(solved)
                yield from solved
            else:
                yield from self._again(batch, future.exception() if future.status == "error" else None)
            self._fill()

    def give_up(self) -> None:
        """Take back what is still on its way."""
        self._client.cancel(list(self._held), force=True)

    def _fill(self) -> None:
        # A cluster that has no worker just now may get one: what waits there keeps the sweep going.
        threads = self._client.nthreads() or {ANY_WORKER: 1}
        held = Counter(batch.worker for batch in self._held.values())
        for worker, count in threads.items():
            for _ in range(held[worker], count * (1 + WAITING_PER_THREAD)):
                jobs = list(islice(iter(lambda: self._shares.next_of(worker), None), self._pace.batch_count))  # noqa: B023
                if not jobs:
                    return
                self._send(_Batch(worker, jobs))

    def _send(self, batch: _Batch) -> None:
        # The worker that remembers the kin of the points is asked first; where it is gone another one does.
        kept = {"workers": [batch.worker], "allow_other_workers": True} if batch.worker != ANY_WORKER else {}
        future = self._client.submit(_solve_batch, batch.jobs, this_build(), pure=False, **kept)
        self._held[future] = batch
        self._done.add(future)

    def _again(self, batch: _Batch, error: BaseException | None) -> Iterator[Solved]:
        """A batch that the cluster did not solve: its points each alone, and one that was alone has failed."""
        if isinstance(error, OtherBuildError):
            raise _other_build(*error.args)
        if len(batch.jobs) == 1:
            yield failed(batch.jobs[0], _reason(error))
            return
        for job in batch.jobs:
            self._send(_Batch(batch.worker, [job]))


class _Pace:
    """How many points make a batch of at least half a second, by the time that the last ones took."""

    def __init__(self) -> None:
        self.batch_count = 1

    def note(self, solved: list[Solved]) -> None:
        """Learn from a batch."""
        each_s = sum(item.seconds for item in solved) / len(solved)
        self.batch_count = max(1, math.ceil(BATCH_S / each_s)) if each_s > 0 else 1


def _solve_batch(jobs: list[Job], expected: Build) -> list[Solved]:
    """What runs on a worker; one that joined after the check is checked here."""
    if this_build() != expected:
        raise OtherBuildError(platform.node(), str(this_build()))
    # In a thread of its own: Dask looks into its own threads a hundred times a second to profile them, which makes
    # points take more than twice as long.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(solve_all, jobs).result()


def _other_build(worker: str, build: str) -> ClusterError:
    message = f"the worker {worker} has {build}, this process has {this_build()}; install the same on both"
    return ClusterError(message)


def _reason(error: BaseException | None) -> str:
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return "the workers that had it ended early, perhaps for lack of memory; give workers more memory"
    return f"the cluster did not solve it ({type(error).__name__}: {error})" if error else "the cluster gave it up"
