"""Points of a sweep solved in processes of this machine."""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context, util
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from threading import Thread

from lcopt.sweep_points import Job, Solved, failed, solve
from lcopt.sweep_shares import Shares

# Points at a process: the one that it solves, and one that waits so that the process does not.
HELD_COUNT = 2
# A point that was in hand so often when its process ended early has failed.
TRIES_COUNT = 2
ENDED_EARLY = "its process ended early twice, perhaps for lack of memory; use fewer --jobs"


def solve_here(shares: Shares, processes: int) -> Iterator[Solved]:
    """Solve jobs one after the other in this process, or in so many others; each comes as soon as it is done."""
    if processes > 1:
        yield from solve_in_others(shares, processes)
    else:
        yield from (solve(job) for job in iter(lambda: shares.next_of(0), None))


def solve_in_others(shares: Shares, processes: int) -> Iterator[Solved]:
    """Solve jobs in so many other processes; each comes as soon as it is done.

    Jobs are taken as they can be solved. Where a process ends early, the points that it had in hand are tried again,
    each alone, so that the one that ends its process again is known and only it fails.
    """
    with ExitStack() as stack:
        yield from _Crew([_Hand(stack) for _ in range(processes)], shares).solved()


class _Crew:
    """Processes that take jobs until there are no more."""

    def __init__(self, hands: list[_Hand], shares: Shares) -> None:
        self._hands, self._shares = hands, shares
        self._tries: Counter[str] = Counter()

    def solved(self) -> Iterator[Solved]:
        """What each job came to."""
        while True:
            for hand in self._hands:
                self._fill(hand)
            held = {future: hand for hand in self._hands for future in hand.held}
            if not held:
                return
            done, _ = wait(held, return_when=FIRST_COMPLETED)
            broken = {id(held[future]): held[future] for future in done if _is_broken(future)}
            for future in done:
                if not _is_broken(future):
                    del held[future].held[future]
                    yield future.result()
            for hand in broken.values():
                yield from self._began_anew(hand)

    def _fill(self, hand: _Hand) -> None:
        while len(hand.held) < self._room(hand):
            job = hand.suspects.popleft() if hand.suspects else self._shares.next_of(id(hand))
            if job is None:
                return
            if not hand.begin(job):
                hand.suspects.appendleft(job)
                return

    def _room(self, hand: _Hand) -> int:
        """How many jobs a process may hold: one alone where that has ended a process before, or may have."""
        is_alone = hand.suspects or any(self._tries[job.key] for job in hand.held.values())
        return 1 if is_alone else HELD_COUNT

    def _began_anew(self, hand: _Hand) -> Iterator[Solved]:
        """A process in the place of one that ended early; jobs that were in hand too often have failed."""
        jobs = list(hand.held.values())
        hand.begin_anew()
        for job in jobs:
            self._tries[job.key] += 1
            if self._tries[job.key] >= TRIES_COUNT:
                yield failed(job, ENDED_EARLY)
            else:
                hand.suspects.append(job)


class _Hand:
    """One process and the jobs that it holds."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._pool = stack.enter_context(_pool())
        self.held: dict[Future[Solved], Job] = {}
        self.suspects: deque[Job] = deque()

    def begin(self, job: Job) -> bool:
        """Hand over a job; false where the process has ended, which what it holds will tell."""
        try:
            self.held[self._pool.submit(solve, job)] = job
        except BrokenProcessPool:
            # With nothing in hand nobody would be told.
            if not self.held:
                self.begin_anew()
                return self.begin(job)
            return False
        return True

    def begin_anew(self) -> None:
        """Another process, with nothing in hand."""
        self.held.clear()
        self._pool = self._stack.enter_context(_pool())


def _is_broken(future: Future[Solved]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


@contextmanager
def _pool() -> Iterator[ProcessPoolExecutor]:
    """A process that ends at once when the block is left or this process has gone, whatever it has in hand."""
    context = get_context("spawn")
    ending, end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(ending,))
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
    # No daemon: a process that ends by itself waits until this has cleared up.
    Thread(target=_end_with, args=(ending,)).start()


def _end_with(ending: Connection) -> None:
    """End this process when the other end of a pipe is closed."""
    wait_for([ending])
    if util.is_exiting():
        return
    # What Python does at the end of a process, which a point that is being solved must not delay.
    util._exit_function()  # type: ignore[attr-defined]
    os._exit(1)
