"""Scenarios one after the other or several at once: optimize, write the report, say what came out."""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from typer import echo

from lcopt.errors import InfeasibleError, LcoptError, ReportError, SolverError

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario
    from lcopt.result import Result

REPORT_ENDINGS = (".xlsx", ".html")
STOPPED = "stopped"
DONE, INPUT_ERROR, INFEASIBLE, NO_PROOF, NO_REPORT = 0, 2, 3, 4, 5
Progress = Callable[[str, float], None]
Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Outcome:
    """What one scenario came to: exit status, the object for programs, the words for people, seconds by stage."""

    status: int
    record: dict[str, Any]
    answer: str
    complaint: str
    seconds: dict[str, float]


class StageClock:
    """Passes progress on and keeps the seconds that each stage took."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._stage = ""
        self._since = time.perf_counter()

    def __call__(self, stage: str, fraction: float) -> None:
        """Note that `fraction` of `stage` is done."""
        self.stop()
        self._stage = stage
        if self._progress is not None:
            self._progress(stage, fraction)

    def stop(self) -> None:
        """Book the time since the last call on the stage that was on."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._since = now


def run_scenarios(
    scenarios: Sequence[Scenario],
    out: Path,
    jobs: int | None,
    *,
    as_json: bool,
    reading_s: float,
    time_limit_s: float | None = None,
) -> int:
    """Run all scenarios, print what came out, and give the highest exit status.

    Of several scenarios as many as there are jobs run at once, else as many packs of one; without a number the
    scenarios follow one another, each with its packs on all cores.

    Raises
    ------
    ReportError
        Where the folder of the reports cannot be made or written to; nothing has been optimized then.
    """
    make_folder(out)
    outcomes: list[Outcome] = []
    for outcome in _outcomes(scenarios, out, jobs, time_limit_s):
        outcomes.append(outcome)
        if outcome.answer and not as_json:
            echo(outcome.answer + "\n")
        if outcome.complaint:
            echo(outcome.complaint, err=True)
    if as_json:
        records = [outcome.record for outcome in outcomes]
        echo(json_text(records[0] if len(records) == 1 else records))
    echo(_timings(scenarios, outcomes, reading_s), err=True)
    return max(outcome.status for outcome in outcomes)


def make_folder(out: Path, option: str = "--out") -> None:
    """Make the folder of the results, or say why it cannot be made or written to; `option` is the one that chooses it.

    Raises
    ------
    ReportError
        Where it cannot.
    """
    reason = "" if out.is_dir() or not out.exists() else "a file has this name"
    try:
        if not reason:
            out.mkdir(parents=True, exist_ok=True)
            reason = "" if os.access(out, os.W_OK | os.X_OK) else "no permission to write to it"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        message = f"{out}: the folder of the reports cannot be made or used ({reason}); choose another with {option}"
        raise ReportError(message)


def run_one(
    scenario: Scenario,
    out: Path,
    progress: Progress | None = None,
    time_limit_s: float | None = None,
    jobs: int = 1,
) -> Outcome:
    """Optimize one scenario, write its workbook and page; the solver stops at a time limit where one is given [s]."""
    clock = StageClock(progress)
    clock("import", 0.0)
    from lcopt.study import optimize

    record = _empty_record(scenario)
    try:
        limit = {} if time_limit_s is None else {"time_limit_s": time_limit_s}
        result = optimize(scenario, progress=clock, jobs=jobs, **limit)
    except InfeasibleError as error:
        clock.stop()
        record |= {"status": "infeasible", "diagnosis": _diagnosis(error)}
        return Outcome(INFEASIBLE, record, "", _complaint(scenario, error), clock.seconds)
    except SolverError as error:
        clock.stop()
        return Outcome(NO_PROOF, record | {"status": STOPPED}, "", _complaint(scenario, error), clock.seconds)
    return _reported(result, out, record, clock)


def _reported(result: Result, out: Path, record: dict[str, Any], clock: StageClock) -> Outcome:
    clock("report", 0.0)
    from lcopt.report.answer import answer_text
    from lcopt.report.workbook import write_report

    record |= {
        "status": result.status,
        "lifecycle_cost_usd": plain(result.lifecycle_cost_usd),
        "lower_bound_usd": plain(result.lower_bound_usd),
        "gap_frac": plain(result.gap_frac),
        "candidates_count": plain(result.candidates_count),
        "rounds_count": plain(result.rounds_count),
        "fleet_limits": plain(result.fleet_limits.to_dict("records")),
        "designs": plain(result.designs.to_dict("records")),
        "warnings": list(result.warnings),
    }
    if len(result.price_risk):
        record["price_risk"] = plain(result.price_risk.to_dict("records"))
    answer = answer_text(result)
    reports: list[str] = []
    complaint = ""
    try:
        for ending in REPORT_ENDINGS:
            path = out / f"{result.scenario.name}{ending}"
            write_report(result, path)
            reports.append(str(path))
    except (ReportError, OSError) as error:
        complaint = f"lcopt: error: the report could not be written: {error}"
    clock.stop()
    record |= {"reports": reports}
    answer += "".join(f"\nreport     {path}" for path in reports)
    if complaint:
        return Outcome(NO_REPORT, record, answer, complaint, clock.seconds)
    if result.status != STOPPED:
        return Outcome(DONE, record, answer, "", clock.seconds)
    return Outcome(NO_PROOF, record, answer, _stopped(result), clock.seconds)


def _stopped(result: Result) -> str:
    """What is told of a choice without a proof."""
    return (
        f"{result.scenario.name}: stopped before the proof: cost {result.lifecycle_cost_usd:,.0f} USD, bound "
        f"{result.lower_bound_usd:,.0f} USD, gap {100 * result.gap_frac:.3g} %; raise --time-limit"
    )


def _diagnosis(error: InfeasibleError) -> Any:  # noqa: ANN401 - any diagnosis
    """The diagnosis of an error as mappings and lists, null where there is none."""
    from dataclasses import asdict, is_dataclass

    diagnosis = error.diagnosis
    return plain(asdict(diagnosis)) if is_dataclass(diagnosis) and not isinstance(diagnosis, type) else None


def _empty_record(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "status": "",
        "lifecycle_cost_usd": None,
        "lower_bound_usd": None,
        "gap_frac": None,
        "designs": [],
        "reports": [],
        "warnings": [],
        "candidates_count": None,
        "rounds_count": None,
        "fleet_limits": [],
        "diagnosis": None,
    }


def _complaint(scenario: Scenario, error: LcoptError) -> str:
    text = f"{scenario.name}: {error}"
    diagnosis = getattr(error, "diagnosis", None)
    if diagnosis is None or str(diagnosis) in text:
        return text
    return f"{text}\n{diagnosis}"


def _outcomes(
    scenarios: Sequence[Scenario], out: Path, jobs: int | None, time_limit_s: float | None
) -> Iterator[Outcome]:
    """In the order of the scenarios, each as soon as it and those before it are done."""
    if jobs is not None and min(jobs, len(scenarios)) > 1:
        yield from each_of(partial(run_one, out=out, time_limit_s=time_limit_s), scenarios, jobs)
        return
    for scenario in scenarios:
        with _progress_bar(scenario.name) as progress:
            outcome = run_one(scenario, out, progress, time_limit_s, jobs or cores_count())
        yield outcome


def cores_count() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each_of(work: Callable[[Task], Done], tasks: Sequence[Task], jobs: int) -> Iterator[Done]:
    """What every task comes to, in their order, each as soon as it and those before it are done.

    Raises
    ------
    SolverError
        Where a process ends early.
    """
    if min(jobs, len(tasks)) <= 1:
        yield from map(work, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(work, tasks)
        except BrokenProcessPool:
            message = "a worker process ended early, perhaps for lack of memory; use fewer --jobs"
            raise SolverError(message) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _progress_bar(name: str) -> Iterator[Progress | None]:
    """A bar on stderr where that is a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=1.0)

        def show(stage: str, fraction: float) -> None:
            bar.update(task, description=f"{name}: {stage}", completed=fraction)

        yield show


def _timings(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome], reading_s: float) -> str:
    lines = [f"time       read {reading_s:.2f} s"]
    for scenario, outcome in zip(scenarios, outcomes, strict=True):
        stages = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in outcome.seconds.items())
        lines.append(f"time       {scenario.name}: {stages}; total {sum(outcome.seconds.values()):.2f} s")
    return "\n".join(lines)


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a result
    """A value as JSON has it: numbers of numpy as numbers, what is not finite or missing as null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def json_text(value: Any) -> str:  # noqa: ANN401 - any value of a result
    """One JSON value as text that any terminal and pipe can carry, what is not finite as null."""
    return json.dumps(plain(value), indent=2, allow_nan=False)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path` and then put it in place, so that a reader never sees half of it.

    Raises
    ------
    ReportError
        Where the file cannot be written; an earlier one is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    except OSError as error:
        raise _unwritten(path, error) from None
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise _unwritten(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError) -> ReportError:
    message = f"{path}: the file cannot be written ({error.strerror or error}); an earlier one is untouched"
    return ReportError(message)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
