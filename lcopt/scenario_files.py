"""The scenarios of several files, with the problems of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lcopt.errors import Problem, ScenarioError, printable

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario


@dataclass
class FilesRead:
    """What was read: scenarios in the order of the files under the names of their variants, and every problem.

    `notes` tell what is left out, `unused_data` which files have a folder of data of their own beside the given one,
    `unused_prices` which scenarios replace prices that change nothing, `good` are the files without a problem.
    """

    scenarios: list[tuple[str, Scenario]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unused_data: list[str] = field(default_factory=list)
    unused_prices: list[str] = field(default_factory=list)
    good: list[str] = field(default_factory=list)


def read_files(files: Sequence[str], data: str | None = None) -> FilesRead:
    """Every scenario that can be read, with all variants, and the problems of all files.

    `data` is a folder of rows for the catalog; it holds for the files that name none.
    """
    from lcopt.inputs.own_data.user_data import catalog_with
    from lcopt.inputs.reader import read_file

    catalog, problems = catalog_with(data)
    read = FilesRead(problems=list(problems))
    file_of_name: dict[str, str] = {}
    for file in files:
        try:
            found = read_file(file, catalog)
        except ScenarioError as error:
            read.problems += [problem for problem in error.problems if problem not in read.problems]
            continue
        read.good += [] if problems else [file]
        if found.has_sweep:
            read.notes.append(f"{printable(file)}: its sweep is not part of this run; 'lcopt sweep' runs it")
        own = [scenario for _, scenario in found.scenarios]
        read.unused_data += unused_data(file, data, own)
        read.unused_prices += unused_prices_of(own)
        for variant, scenario in found.scenarios:
            name = scenario.name.casefold()
            if name in file_of_name:
                same = _same_name(file, scenario, file_of_name[name], is_twice=files.count(file) > 1)
                read.problems += [] if same in read.problems else [same]
                read.good = [good for good in read.good if good != file]
            file_of_name[name] = file
            read.scenarios.append((variant, scenario))
    return read


def unused_data(file: str, data: str | None, scenarios: Iterable[Scenario]) -> list[str]:
    """That a folder given beside a file is not used, where one of its scenarios names a folder of its own."""
    if data is None or not any("data" in scenario.origins for scenario in scenarios):
        return []
    return [f"{printable(file)}: its own 'data' counts; --data is not used for it"]


def unused_prices_of(scenarios: Iterable[Scenario]) -> list[str]:
    """Prices that scenarios of one file replace and none of them buys, with the place of the first."""
    from lcopt.inputs.catalog import packaged_catalog
    from lcopt.inputs.price_items import told_of_unused, unused_prices

    places: dict[str, str] = {}
    used: set[str] = set()
    seen = set()
    for scenario in scenarios:
        rows = tuple(row.record for row in scenario.replaced_rows)
        asked = scenario.search.chemistries, tuple(scenario.price_overrides), rows
        if asked in seen:
            continue
        seen.add(asked)
        unused = unused_prices(scenario, packaged_catalog().with_rows(scenario.replaced_rows))
        used |= set(scenario.price_overrides) - set(unused)
        for item in unused:
            places.setdefault(item, _place_of(scenario, f"price_overrides.{item}"))
    left = [item for item in places if item not in used]
    return [f"{places[left[0]]}: {words}" for words in told_of_unused(left)]


def _place_of(scenario: Scenario, path: str) -> str:
    """File and line of a value, as a problem there would begin."""
    place = scenario.origins[path] if path in scenario.origins else scenario.origins["name"]
    return printable(f"{place}:{place.column}" if place.line and not place.cell else str(place))


def chosen_variants(read: FilesRead, variant: str) -> list[Scenario]:
    """All scenarios, or those of one variant.

    Raises
    ------
    ScenarioError
        Where no file has a variant of that name.
    """
    if not variant:
        return [scenario for _, scenario in read.scenarios]
    chosen = [scenario for name, scenario in read.scenarios if name == variant]
    if chosen:
        given = dict.fromkeys(scenario.path for _, scenario in read.scenarios)
        left = [file for file in given if file not in {scenario.path for scenario in chosen}]
        read.notes += [f"{printable(file)}: it has no variant '{variant}' and is left out" for file in left]
        return chosen
    from lcopt.inputs.reader import no_variant

    raise ScenarioError([no_variant(read.scenarios[0][1].path, variant, [name for name, _ in read.scenarios if name])])


def replaced_by_reports(files: Sequence[str], scenarios: Sequence[Scenario], out: Path) -> list[Problem]:
    """The files given that the reports of these scenarios would replace."""
    given = {Path(file).resolve(): file for file in files}
    reports = {(out / f"{scenario.name}.xlsx").resolve(): scenario.name for scenario in scenarios}
    return [
        Problem(
            given[path],
            1,
            1,
            "",
            f"the report of '{reports[path]}' would replace this file; expected another folder or name",
            "choose a folder with --out, or rename the file",
        )
        for path in given.keys() & reports.keys()
    ]


def _same_name(file: str, scenario: Scenario, other: str, *, is_twice: bool) -> Problem:
    if file == other and is_twice:
        return Problem(file, 1, 1, "", "the file is given twice; expected each file once", "remove one")
    name, place = scenario.name, scenario.origins["name"]
    message = f"the scenario '{name}' is also in {printable(other)}; expected a name of its own for each report"
    path = f"{place.cell} name".strip()
    return Problem(place.file, place.line, place.column, path, message, "rename one or run them in two calls")
