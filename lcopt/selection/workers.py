"""Work on several packs at once: here one after the other, or each in a process of its own with the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from lcopt.errors import SolverError
from lcopt.selection.engineering import Engineering

Item = TypeVar("Item")
Made = TypeVar("Made")


class Crew(Protocol):
    """Applies a function of a module to many items; the results come in the order of the items."""

    def __call__(self, work: Callable[[Item, Engineering], Made], items: Iterable[Item]) -> Iterator[Made]:
        """The result for each item."""


@contextmanager
def workers(engineering: Engineering, jobs: int) -> Iterator[Crew]:
    """Whoever does the work: this process for one job, else as many others as there are jobs.

    Other processes start afresh, so the main module of the program must be one that can be imported without running
    it; the command line is.

    Raises
    ------
    SolverError
        Where a process ended early.
    """
    if jobs <= 1:
        yield lambda work, items: (work(item, engineering) for item in items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:

        def crew(work: Callable[[Any, Engineering], Any], items: Iterable[Any]) -> Iterator[Any]:
            waiting = [pool.submit(work, item, engineering) for item in items]
            waiting.reverse()
            while waiting:
                # A result that is handed on is not kept here as well.
                yield waiting.pop().result()

        try:
            yield crew
        except BrokenProcessPool:
            message = "a process that explored a pack ended early, perhaps for lack of memory; use fewer --jobs"
            raise SolverError(message) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
