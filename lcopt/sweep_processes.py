"""Points of a sweep solved in processes of this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, util
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from threading import Thread

from lcopt.sweep_points import Job, Solved, failed, solve

# Points that wait beside each one that is solved, so that no process waits for the next.
WAITING_PER_PROCESS = 1
ENDED_EARLY = "its process ended early twice, perhaps for lack of memory; use fewer --jobs"


def solve_here(jobs: Iterator[Job], processes: int) -> Iterator[Solved]:
    """Solve jobs one after the other in this process, or in so many others; each comes as soon as it is done.

    Jobs are taken as they can be solved. Where a process ends early, the points that were in hand are tried again, each
    alone, so that the one that ends its process again is known and only it fails.
    """
    if processes <= 1:
        yield from map(solve, jobs)
        return
    suspects: list[Job] = []
    while True:
        yield from _in_pool(jobs, processes, suspects)
        if not suspects:
            return
        yield from _each_alone(suspects)
        suspects.clear()


def _in_pool(jobs: Iterator[Job], processes: int, suspects: list[Job]) -> Iterator[Solved]:
    """Solve jobs until there are no more or a process ends early; then `suspects` are the jobs in hand."""
    held = processes * (1 + WAITING_PER_PROCESS)
    waiting: dict[Future[Solved], Job] = {}
    with _pool(processes) as pool:
        while True:
            room = 0 if suspects else held - len(waiting)
            try:
                for job in islice(jobs, room):
                    # Kept before it is handed over, which fails where a process has ended meanwhile.
                    suspects.append(job)
                    waiting[pool.submit(solve, job)] = suspects.pop()
            except BrokenProcessPool:
                continue
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                job = waiting.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    suspects.append(job)
                else:
                    yield future.result()


def _each_alone(suspects: list[Job]) -> Iterator[Solved]:
    for job in suspects:
        with _pool(1) as pool:
            try:
                solved = pool.submit(solve, job).result()
            except BrokenProcessPool:
                solved = failed(job, ENDED_EARLY)
        yield solved


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end at once when the block is left or this process has gone, whatever they have in hand."""
    context = get_context("spawn")
    ending, end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(ending,))
    try:
        yield pool
    finally:
        end.close()
        pool.shutdown(wait=True, cancel_futures=True)
        ending.close()


def _begin(ending: Connection) -> None:
    """Leave signals to the parent, and end when it says so or has gone: the queues of a pool would wait forever.

    The pool itself ends the others by a signal where one has ended, before they could clear up.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with, args=(ending,), daemon=True).start()


def _end_with(ending: Connection) -> None:
    """End this process when the other end of a pipe is closed."""
    wait_for([ending])
    # What Python does at the end of a process, which a point that is being solved must not delay.
    util._exit_function()  # type: ignore[attr-defined]
    os._exit(1)
