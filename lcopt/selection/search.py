"""The search of one pack over all formats, and of every pack of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lcopt.errors import InfeasibleError
from lcopt.inputs.words import FORMATS
from lcopt.selection.cased_search import explore_cased
from lcopt.selection.diagnosis import Diagnosis, PackDiagnosis
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored
from lcopt.selection.fitting import given_candidates
from lcopt.selection.pouch_search import evaluated, explore_pouch
from lcopt.selection.space import POUCH
from lcopt.selection.tasks import PackTask
from lcopt.selection.workers import Crew

Progress = Callable[[float], None]
StageProgress = Callable[[str, float], None]


def explore_each(
    tasks: Sequence[PackTask], engineering: Engineering, crew: Crew | None, progress: StageProgress | None = None
) -> list[Explored]:
    """The candidates of every pack on its own.

    Raises
    ------
    InfeasibleError
        Where the catalog has no candidate with the energy and the voltage of a pack.
    """
    told = progress or _silent
    if crew is None:
        return [explore(task, engineering, _share_of(told, number, len(tasks))) for number, task in enumerate(tasks)]
    explored = []
    for one in crew(explore, tasks):
        explored.append(one)
        told("candidates", len(explored) / len(tasks))
    return explored


def _share_of(progress: StageProgress, number: int, count: int) -> Progress:
    return lambda done: progress("candidates", (number + done) / count)


def _silent(_stage: str, _done: float) -> None:
    return None


def explore(task: PackTask, engineering: Engineering, progress: Progress | None = None) -> Explored:
    """The candidates of one pack in all formats of the search.

    Raises
    ------
    InfeasibleError
        Where the catalog has no candidate with the energy and the voltage of the pack.
    """
    given = _explored_given(task, engineering)
    if engineering.given.only:
        parts = [given]
    else:
        searches_pouch = FORMATS[POUCH] in engineering.scenario.search.formats
        pouch = explore_pouch(task, engineering, progress) if searches_pouch else None
        cased = explore_cased(task, engineering, progress)
        own = [part for part in (pouch, cased) if part is not None]
        parts = [*own, given.feasible_only() if own and given is not None else given]
    found = [part for part in parts if part is not None]
    if not found:
        diagnosis = Diagnosis((PackDiagnosis(pack=task.pack.name, candidates_count=0, alone=(), relaxations=()),))
        raise InfeasibleError(str(diagnosis), diagnosis)
    return found[0].joined(*found[1:]) if len(found) > 1 else found[0]


def _explored_given(task: PackTask, engineering: Engineering) -> Explored | None:
    """Every pack of one task that the given cells make, also those with too little energy, for the diagnosis."""
    candidates = given_candidates(task, engineering)
    return evaluated(task, candidates, engineering) if len(candidates) else None
