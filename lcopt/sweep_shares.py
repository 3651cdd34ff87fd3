"""Who solves which points of a sweep: points that are built alike stay with one worker while there are others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable

from lcopt.sweep_points import Job


class Shares:
    """Jobs that workers take one by one, each from a run of its own.

    A run holds the jobs that build the same packs, those that price and then those that cost them alike next to each
    other. A worker without jobs begins the next run, or takes the later half of the longest run of another worker: what
    a worker remembers then serves nearly all of its points, and two workers seldom have to build the same packs.
    """

    def __init__(self, jobs: Iterable[Job], is_open: Callable[[Job], bool] = lambda _job: True) -> None:
        """Jobs in the order of the points; of those `is_open` is asked when they are taken, and the others left out."""
        kin: dict[str, dict[str, dict[str, list[Job]]]] = {}
        for job in jobs:
            building, pricing, costing = job.kin
            kin.setdefault(building, {}).setdefault(pricing, {}).setdefault(costing, []).append(job)
        self._waiting = deque(
            deque(job for costed in priced.values() for alike in costed.values() for job in alike)
            for priced in kin.values()
        )
        self._held: dict[Hashable, deque[Job]] = {}
        self._is_open = is_open

    def next_of(self, worker: Hashable) -> Job | None:
        """The next job of a worker; None when all have been taken."""
        while True:
            run = self._held.get(worker) or self._begun_by(worker)
            if not run:
                return None
            job = run.popleft()
            if self._is_open(job):
                return job

    def _begun_by(self, worker: Hashable) -> deque[Job]:
        if self._waiting:
            self._held[worker] = self._waiting.popleft()
        else:
            longest = max(self._held.values(), key=len, default=deque())
            half = [longest.pop() for _ in range((len(longest) + 1) // 2)]
            self._held[worker] = deque(reversed(half))
        return self._held[worker]
