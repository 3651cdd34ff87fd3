"""How far a sweep is: a bar where people look on, lines elsewhere; with its rate and the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from typer import echo

from lcopt.units import MINUTES_PER_HOUR, SECONDS_PER_HOUR, SECONDS_PER_MINUTE

Record = dict[str, Any]
# Called with the place of a point, its record, and whether it was solved now.
Told = Callable[[int, Record, bool], None]
# Seconds between two lines about the pace.
PACE_EVERY_S = 30.0


class Pace:
    """Points a second since the start, and the time that those left take at this rate."""

    def __init__(self, unsolved_count: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.left_count, self.solved_count = unsolved_count, 0
        self._clock, self._start = clock, clock()

    def count_one(self) -> None:
        """One more point is solved."""
        self.solved_count += 1
        self.left_count -= 1

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self._clock() - self._start

    def __str__(self) -> str:
        if not self.solved_count or self.seconds <= 0:
            return "rate not known yet"
        per_s = self.solved_count / self.seconds
        rate = f"{per_s:.2g} points/s" if per_s >= 1 else f"{per_s * SECONDS_PER_MINUTE:.2g} points/min"
        return f"{rate}, {duration(self.left_count / per_s)} left"


def duration(seconds: float) -> str:
    """A time in words, in its two largest units."""
    if seconds < SECONDS_PER_MINUTE:
        return f"{seconds:.0f} s"
    if seconds < SECONDS_PER_HOUR:
        return f"{seconds / SECONDS_PER_MINUTE:.0f} min"
    minutes = round(seconds / SECONDS_PER_MINUTE)
    return f"{minutes // int(MINUTES_PER_HOUR)} h {minutes % int(MINUTES_PER_HOUR)} min"


@contextmanager
def progress(points_count: int, pace: Pace) -> Iterator[Told]:
    """A bar on stderr where that is a terminal, a line a point elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines(points_count, pace)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=points_count)

        def show(_place: int, _record: Record, is_new: bool) -> None:
            if is_new:
                pace.count_one()
            bar.update(task, advance=1, description=str(pace))

        yield show


class _Lines:
    """A line for every point that is solved, and one about the pace now and then."""

    def __init__(self, points_count: int, pace: Pace) -> None:
        self._points_count, self._pace, self._told_s = points_count, pace, 0.0

    def __call__(self, place: int, record: Record, is_new: bool) -> None:
        if not is_new:
            return
        self._pace.count_one()
        echo(f"{place + 1} of {self._points_count}: {_told(record)}", err=True)
        if self._pace.seconds - self._told_s >= PACE_EVERY_S:
            self._told_s = self._pace.seconds
            echo(f"pace       {self._pace}", err=True)


def _told(record: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{address} {text}" for address, text in record["settings"].items())
    cost = record["lifecycle_cost_usd"]
    return f"{settings}: {record['status']}" if cost is None else f"{settings}: {cost:,.0f} USD"
