"""One point of a sweep: under which key its answer is kept, and how it is solved."""

from __future__ import annotations

import hashlib
import importlib.metadata
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lcopt.batch import plain
from lcopt.errors import InfeasibleError, LcoptError, SolverError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.scenario import ASKED_OF_BUILT

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario
    from lcopt.selection.memory import Memory

Record = dict[str, Any]
COSTS = ("lifecycle_cost_usd", "lower_bound_usd", "gap_frac")
# What this process remembers of the points that it solved.
_IDLE: list[Memory] = []
OPTIMAL_WORD, INFEASIBLE_WORD, STOPPED_WORD, FAILED_WORD = "optimal", "infeasible", "stopped", "failed"
_WORD_OF = ((InfeasibleError, INFEASIBLE_WORD), (SolverError, STOPPED_WORD))


@dataclass(frozen=True)
class Build:
    """What must be the same wherever points are solved: the version of lcopt and the hash of its data."""

    lcopt_version: str
    data_hash: str

    def __str__(self) -> str:
        return f"lcopt {self.lcopt_version} with the data {self.data_hash[:12]}"


@lru_cache(maxsize=1)
def this_build() -> Build:
    """The version and the data of this process."""
    return Build(importlib.metadata.version("lcopt"), packaged_catalog().data_hash)


@dataclass(frozen=True)
class Job:
    """A point to solve, without what only people read of its scenario.

    Points with the same marks in `kin` build the same packs, price them alike, and cost them alike as well.
    """

    key: str
    kin: tuple[str, str, str]
    scenario: Scenario


@dataclass(frozen=True)
class Solved:
    """What a job came to, and how long it took."""

    key: str
    record: Record
    seconds: float

    @property
    def is_final(self) -> bool:
        """Whether solving it again would give the same; a point that failed is tried again by the next sweep."""
        return bool(self.record["status"] != FAILED_WORD)


def job_of(scenario: Scenario) -> Job:
    """The job of a point; points that differ in name and words alone have the same key.

    Prices are not compared: a table of points has no place for it, and it would cost a search or more a point.
    """
    bare = replace(scenario, name="point", question="", path="", origins={}, prices_compared=None)
    build = this_build()
    text = "\0".join((bare.scenario_hash, build.data_hash, build.lcopt_version))
    # The hash that the scenario keeps is not sent along.
    return Job(hashlib.sha256(text.encode()).hexdigest(), _kin_of(bare), replace(bare))


def _kin_of(scenario: Scenario) -> tuple[str, str, str]:
    """Marks of what packs are built from, of what prices them as well, and of all but their limits; for the order."""
    limits = [replace(pack.limits, **dict.fromkeys(ASKED_OF_BUILT)) for pack in scenario.packs]  # type: ignore[arg-type]
    packs = [replace(pack, limits=own, volume_per_yr=0.0) for pack, own in zip(scenario.packs, limits, strict=True)]
    built = [replace(pack, usage=None) for pack in packs]  # type: ignore[arg-type]
    building = built, scenario.search, scenario.plant
    pricing = scenario.finance.price_year, scenario.prices, scenario.price_overrides, scenario.replaced_rows
    whole = replace(scenario, packs=tuple(packs))
    marks = [hashlib.sha256(repr(what).encode()).hexdigest() for what in (building, (building, pricing), whole)]
    return marks[0], marks[1], marks[2]


def solve_all(jobs: Iterable[Job]) -> list[Solved]:
    """Solve some points one after the other."""
    return [solve(job) for job in jobs]


def solve(job: Job) -> Solved:
    """Solve one point; one that cannot be solved says why."""
    start = time.perf_counter()
    record = _empty_record() | _answer(job.scenario)
    return Solved(job.key, record, time.perf_counter() - start)


def failed(job: Job, reason: str) -> Solved:
    """A point that could not be solved for a reason outside of it."""
    return Solved(job.key, _empty_record() | {"status": FAILED_WORD, "problem": reason}, 0.0)


def _empty_record() -> Record:
    return {"status": "", **dict.fromkeys(COSTS), "ownership_model": None, "packs": [], "problem": ""}


def _answer(scenario: Scenario) -> Record:
    from lcopt.point_answer import point_answer
    from lcopt.point_diagnosis import reason_of
    from lcopt.selection.memory import Memory

    # Each thread has one to itself; one that met an error which nobody foresaw is not used again.
    memory = _IDLE.pop() if _IDLE else Memory()
    try:
        point = point_answer(scenario, memory)
    except LcoptError as error:
        _IDLE.append(memory)
        word = next((word for kind, word in _WORD_OF if isinstance(error, kind)), FAILED_WORD)
        return {"status": word, "problem": reason_of(error)}
    except Exception as error:  # One point must not stop the thousands beside it.
        reason = (str(error).splitlines() or [""])[0]
        return {"status": FAILED_WORD, "problem": f"{type(error).__name__}: {reason}"}
    _IDLE.append(memory)
    certificate = point.certificate
    return {
        "status": OPTIMAL_WORD if certificate.proven else STOPPED_WORD,
        **{key: plain(getattr(certificate, key)) for key in COSTS},
        "ownership_model": point.ownership_model,
        "packs": plain(point.designs),
    }
