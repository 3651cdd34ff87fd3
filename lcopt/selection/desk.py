"""Questions that wait for their turn in a limited time; several are looked at once, each in a thread of its own.

Most of an answer is spent inside the solver, which lets other threads go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import TypeAlias, TypeVar

from lcopt.selection.timing import Deadline

Answer = TypeVar("Answer")
# Takes the time that is left [s]; without an answer where that does not suffice.
Question: TypeAlias = Callable[[float], Answer | None]


class Desk:
    """Looks at questions in the order in which they are asked, and counts those that time did not suffice for."""

    def __init__(self, deadline: Deadline, pool: ThreadPoolExecutor) -> None:
        self._deadline, self._pool, self._lock = deadline, pool, Lock()
        self.skipped_count = 0

    @property
    def left_s(self) -> float:
        """Time that is left [s]."""
        return self._deadline.left_s

    def ask(self, question: Question[Answer]) -> Future[Answer | None]:
        """Put a question behind those that wait."""
        return self._pool.submit(self._look_at, question)

    def _look_at(self, question: Question[Answer]) -> Answer | None:
        answer = None if self._deadline.over else question(self._deadline.left_s)
        self.skip(1 if answer is None else 0)
        return answer

    def skip(self, count: int) -> None:
        """Count answers that are owed."""
        with self._lock:
            self.skipped_count += count

    def skip_late(self, count: int) -> None:
        """Count answers that a question still owes when time is over; before that there are no more of them."""
        self.skip(count if self._deadline.over else 0)

    def answers(self, asked: Sequence[Future[Answer | None]]) -> tuple[Answer, ...]:
        """Wait for some questions; those without an answer are left out."""
        found = [question.result() for question in asked]
        return tuple(answer for answer in found if answer is not None)


@contextmanager
def desk(deadline: Deadline, jobs: int) -> Iterator[Desk]:
    """A desk with so many threads; what still waits when it closes is not looked at."""
    pool = ThreadPoolExecutor(max(jobs, 1))
    try:
        yield Desk(deadline, pool)
    finally:
        pool.shutdown(cancel_futures=True)
