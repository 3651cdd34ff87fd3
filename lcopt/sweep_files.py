"""The points of a scenario file, or of all scenario files of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.own_data.user_data import read_catalog
from lcopt.inputs.reader import SweepPoint, read_sweep
from lcopt.scenario_files import read_files, unused_data, unused_prices_of

ENDINGS = (".yaml", ".yml")
SCENARIO = "scenario"


@dataclass(frozen=True)
class PointsRead:
    """The points of a sweep, under the name of its results; `notes` tell what does not count."""

    name: str
    points: tuple[SweepPoint, ...]
    notes: tuple[str, ...] = ()


def read_points(place: str, data: str | None = None) -> PointsRead:
    """Every point of a file with a sweep, or of every scenario of a folder.

    In a folder each file gives the points of its sweep, or its scenario and its variants where it has none; the name
    of the scenario is a setting of each. A file without a sweep has no points.

    Raises
    ------
    ScenarioError
        With the problems of all files.
    """
    if Path(place).is_dir():
        return _of_folder(Path(place), data)
    points = read_sweep(place, read_catalog(data))
    if not points:
        return PointsRead("", ())
    asked = [point.scenario for point in points]
    notes = (*unused_data(place, data, asked[:1]), *unused_prices_of(asked))
    return PointsRead(asked[0].name.rpartition("-")[0], points, notes)


def _of_folder(folder: Path, data: str | None) -> PointsRead:
    try:
        files = [str(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS]
    except OSError as error:
        message = f"the folder cannot be read ({error.strerror or error}); expected a folder of scenarios"
        raise ScenarioError([Problem(str(folder), 1, 1, "", message, "check its rights")]) from None
    if not files:
        message = f"the folder has no scenario; expected files that end in {' or '.join(ENDINGS)}"
        raise ScenarioError([Problem(str(folder), 1, 1, "", message)])
    read = read_files(files, data)
    if read.problems:
        raise ScenarioError(read.problems)
    catalog = read_catalog(data)
    points: list[SweepPoint] = []
    for file in files:
        swept = read_sweep(file, catalog)
        own = [scenario for _, scenario in read.scenarios if scenario.path == file]
        points += (
            list(_named(swept, own[0].name)) if swept else [SweepPoint({SCENARIO: item.name}, item) for item in own]
        )
    return PointsRead(folder.resolve().name, tuple(points), (*read.unused_data, *read.unused_prices))


def _named(points: tuple[SweepPoint, ...], name: str) -> Iterator[SweepPoint]:
    for point in points:
        yield replace(point, settings={SCENARIO: name, **point.settings})
