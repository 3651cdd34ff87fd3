"""A scenario file or mapping becomes scenarios, or an error that holds every mistake with its place.

One file holds a base scenario and may hold variants of it and a sweep: each is an overlay, checked like the base.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog, packaged_catalog
from lcopt.inputs.checking import document_of_tree, faults_of, problem_of, written
from lcopt.inputs.completion import complete, inherited_in
from lcopt.inputs.document import EXTENDS, SWEEP, VARIANTS
from lcopt.inputs.fields import BY_FAMILY
from lcopt.inputs.layers.axis_problems import told_once
from lcopt.inputs.layers.extends import MAPPING_NAME, load
from lcopt.inputs.layers.overlays import layers_of, overlaid, subtree, without
from lcopt.inputs.layers.relative import has_changes, settle
from lcopt.inputs.layers.sweep_block import Axis, Setting, axes_of, overlay_of, points_of, probes_of, text_of
from lcopt.inputs.money import stated_price_year
from lcopt.inputs.own_data.catalog_overrides import (
    ScenarioCatalog,
    folder_of,
    with_folder,
    with_rows_of,
    with_single_values,
)
from lcopt.inputs.price_items import items_bought
from lcopt.inputs.quantities import NEEDS_YEAR, did_you_mean, shown
from lcopt.inputs.resolve import resolve
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.text.tree import Fault, Path, Place, Tree, UnreadableError
from lcopt.inputs.values import ALL, PACK_NAME

NAME_LENGTH_MAX = 64
PROBLEMS_MAX = 300
NOT_IN_A_VARIANT = ("lcopt", EXTENDS, VARIANTS, SWEEP)

Source = str | os.PathLike[str] | Mapping[str, Any] | Tree


@dataclass(frozen=True)
class ScenarioFile:
    """What one file holds: the base under the name '' and its variants, and perhaps a sweep."""

    scenarios: tuple[tuple[str, Scenario], ...]
    has_sweep: bool


@dataclass(frozen=True)
class SweepPoint:
    """One point of a sweep: the settings as text by their address, and the scenario that they make."""

    settings: Mapping[str, str]
    scenario: Scenario


def read_scenario(source: Source, catalog: Catalog | None = None, variant: str = "") -> Scenario:
    """A scenario from a file or from a mapping of the same form.

    Parameters
    ----------
    source : path, mapping or Tree
        The file, or the values as they would stand in it: text with units, or bare numbers where a file may have them.
    catalog : Catalog, optional
        Where defaults, names and prices come from; the packaged catalog if left out. Its rows of a user hold unless
        the scenario names a folder of data of its own.
    variant : str
        Name of a variant of the file; the scenario itself if left out.

    Raises
    ------
    ScenarioError
        With every problem that was found, in the order of the file.
    """
    read = _Reader(source, catalog)
    made = dict(read.scenarios())
    if variant not in made:
        raise ScenarioError([no_variant(read.file, variant, list(read.variants))])
    return made[variant]


def no_variant(file: str, variant: str, known: list[str]) -> Problem:
    """The problem of a variant that a file does not have."""
    message = f"there is no variant {shown(variant)}; expected one of: {', '.join(known) or 'none, the file has none'}"
    return Problem(file, 1, 1, VARIANTS, message, did_you_mean(variant, known))


def read_scenarios(source: Source, catalog: Catalog | None = None) -> tuple[Scenario, ...]:
    """The scenario of a file and after it all its variants.

    Raises
    ------
    ScenarioError
        With every problem that was found, in the order of the file.
    """
    return tuple(scenario for _, scenario in read_file(source, catalog).scenarios)


def read_file(source: Source, catalog: Catalog | None = None) -> ScenarioFile:
    """All scenarios of a file with the names of their variants, and whether it has a sweep.

    Raises
    ------
    ScenarioError
        With every problem that was found, in the order of the file.
    """
    read = _Reader(source, catalog)
    return ScenarioFile(tuple(read.scenarios()), has_sweep=read.sweep is not None)


def read_sweep(source: Source, catalog: Catalog | None = None) -> tuple[SweepPoint, ...]:
    """Every point of the sweep of a file, the last axis changing fastest; none where it has no sweep.

    Raises
    ------
    ScenarioError
        With every problem of the file and of its points.
    """
    read = _Reader(source, catalog)
    read.scenarios()
    return read.points()


class _Reader:
    """One file or mapping being read; problems are collected and raised together."""

    def __init__(self, source: Source, catalog: Catalog | None) -> None:
        self.catalog = packaged_catalog() if catalog is None else catalog
        self.folders: dict[str, ScenarioCatalog] = {}
        self.priced: dict[tuple[str, int], Catalog] = {}
        self.problems: dict[Problem, None] = {}
        self.is_file = not isinstance(source, Mapping | Tree)
        self.file = MAPPING_NAME if isinstance(source, Mapping | Tree) else os.fspath(source)
        tree = self._load(source)
        self.whole = tree
        self.base = without(tree, VARIANTS, SWEEP)
        self.variants = self._variants(tree)
        self.sweep = subtree(tree, (SWEEP,)) if SWEEP in tree.data else None
        if self.sweep is not None:
            self.sweep.places.setdefault((), tree.place((SWEEP,)))

    def scenarios(self) -> list[tuple[str, Scenario]]:
        """The base under the name '' and every variant; raises if there is any problem in the file."""
        made: list[tuple[str, Scenario | None]] = [("", self._scenario(self.base))]
        for name, layers in self.variants.items():
            if self._has_enough_problems():
                break
            scenario = self._scenario(reduce(overlaid, layers, self.base))
            if scenario is not None and not any("name" in layer.data for layer in layers):
                scenario = _renamed(scenario, name)
            made.append((name, scenario))
        self._check_axes()
        self._raise_problems()
        return [(name, scenario) for name, scenario in made if scenario is not None]

    def points(self) -> tuple[SweepPoint, ...]:
        """All points of the sweep."""
        if self.sweep is None:
            return ()
        axes, _ = axes_of(self.sweep, self._priced(self.base, self._catalog(self.base).catalog))
        points = []
        for number, settings in enumerate(points_of(axes), start=1):
            scenario = self._at(settings)
            if scenario is not None:
                texts = {setting.address: text_of(setting.value) for setting in settings}
                points.append(SweepPoint(texts, _renamed(scenario, str(number))))
        self._raise_problems()
        return tuple(points)

    def _load(self, source: Source) -> Tree:
        try:
            tree = source if isinstance(source, Tree) else load(source)
        except UnreadableError as error:
            raise ScenarioError(self._sorted(problem_of(fault, Tree(), self.file) for fault in error.faults)) from None
        if "lifecycle_case" in tree.data and "lcopt" not in tree.data:
            other = Fault((), "this is a lifecycle case; expected a scenario", "compute it with 'lcopt lifecycle'")
            raise ScenarioError([problem_of(other, tree, self.file)])
        return tree

    def _variants(self, tree: Tree) -> dict[str, tuple[Tree, ...]]:
        """The overlays of every variant that can be read as one."""
        given = tree.data.get(VARIANTS, {})
        if not isinstance(given, dict):
            message = "found no names; expected a name for each variant, with what it changes below"
            self._fault(
                tree, Fault((VARIANTS,), message, "write for example 'fast: {limits.charging_time_max: 12 min}'")
            )
            return {}
        found: dict[str, tuple[Tree, ...]] = {}
        for name, changes in given.items():
            path = (VARIANTS, name)
            if not PACK_NAME.fullmatch(name) or name.casefold() in {known.casefold() for known in found}:
                message = f"{shown(name)} is not fit for the name of a variant; expected letters, digits, - and _, once"
                self._fault(tree, Fault(path, message))
            elif not isinstance(changes, dict):
                message = "found no changes; expected keys of a scenario with their values in this variant"
                self._fault(tree, Fault(path, message, "write for example 'limits.charging_time_max: 12 min'"))
            else:
                found[name] = tuple(self._layer(layer, path) for layer in layers_of(tree, name))
        return found

    def _layer(self, layer: Tree, path: Path) -> Tree:
        """What one file changes in the variant at a path, without what no variant can change."""
        wrong = [key for key in NOT_IN_A_VARIANT if key in layer.data]
        for key in wrong:
            message = f"a variant cannot have {shown(key)}; expected keys that it changes"
            place = layer.place((key,))
            self._fault(self.whole, Fault((*path, key), message, f"write '{key}' at the top level", place))
        return without(layer, *wrong)

    def _check_axes(self) -> None:
        """The form of the axes; in a good file every value of them alone over the base, and whether it changes any."""
        if self.sweep is None:
            return
        axes, faults = axes_of(self.sweep, self._priced(self.base, self._catalog(self.base).catalog))
        for fault in faults:
            if not (self.problems and NEEDS_YEAR in fault.message):  # the base told what is wrong with the year
                self._fault(self.whole, fault)
        for axis in [] if self.problems else axes:
            self._check_axis(axis)

    def _check_axis(self, axis: Axis) -> None:
        before = dict(self.problems)
        scenarios = [self._at(settings) for settings in probes_of(axis) if not self._has_enough_problems()]
        good = [scenario for scenario in scenarios if scenario is not None]
        if self.sweep is None or not scenarios:
            return
        if len(good) < len(scenarios):
            added = [problem for problem in self.problems if problem not in before]
            self.problems = before | dict.fromkeys(told_once(added, axis, self.sweep))
            return
        names = " and ".join(shown(setting.address) for setting in axis[0])
        place = self.sweep.place(axis[0][0].source[:1])
        if len(axis) > 1 and len({scenario.scenario_hash for scenario in good}) == 1:
            message = f"the values of {names} change nothing in the scenario; expected values that differ"
            self._fault(self.whole, Fault((SWEEP, axis[0][0].address), message, "", place))
        elif not any(_reaches(setting.address, scenario, self.catalog) for setting in axis[0] for scenario in good):
            message = (
                f"{names} changes no candidate: no chemistry of the search has to do with it; expected one that does"
            )
            hint = "add such a chemistry to search.chemistries, or remove the axis"
            self._fault(self.whole, Fault((SWEEP, axis[0][0].address), message, hint, place))

    def _has_enough_problems(self) -> bool:
        """Whether to stop reading variants or points: no one reads more, and thousands of wrong ones take long."""
        return len(self.problems) >= PROBLEMS_MAX

    def _at(self, settings: tuple[Setting, ...]) -> Scenario | None:
        if self.sweep is None:
            return None
        return self._scenario(overlaid(self.base, overlay_of(settings, self.sweep)))

    def _scenario(self, tree: Tree) -> Scenario | None:
        """One scenario, or None with its problems noted."""
        own = self._catalog(tree)
        priced = self._priced(tree, own.catalog)
        if has_changes(tree):
            tree = overlaid(tree, Tree())  # variants go over the changes themselves, not over what they come to here
            settle(tree, priced, inherited_in)
        faults = faults_of(tree, own.catalog, own.faults)
        for fault in faults:
            self._fault(tree, fault)
        self.problems |= dict.fromkeys(own.problems)
        if faults or own.problems:
            return None
        whole = complete(tree, priced)
        file = self.file if self.is_file else ""
        scenario = resolve(document_of_tree(whole, priced), priced, file, tree.question)
        return replace(scenario, origins=dict(_origins(whole)))

    def _catalog(self, tree: Tree) -> ScenarioCatalog:
        """The catalog with what a tree replaces in it."""
        folder = folder_of(tree)
        if folder not in self.folders:
            self.folders[folder] = with_folder(folder, with_rows_of(tree, self.catalog))
        return with_single_values(tree, self.folders[folder])

    def _priced(self, tree: Tree, catalog: Catalog) -> Catalog:
        """The catalog in the money of the tree's price year, as it is where that year is not known."""
        year = stated_price_year(tree.data, catalog)
        if year is None:
            return catalog
        key = catalog.data_hash, year
        if key not in self.priced:
            self.priced[key] = catalog.in_price_year(year)
        return self.priced[key]

    def _fault(self, tree: Tree, fault: Fault) -> None:
        self.problems.setdefault(problem_of(fault, tree, self.file))

    def _raise_problems(self) -> None:
        if self.problems:
            raise ScenarioError([*self._sorted(self.problems), *self._elsewhere()])

    def _elsewhere(self) -> Iterator[Problem]:
        """Where this file names the files that all its problems stand in, so that it is not taken for a good one."""
        if not self.is_file or any(problem.file == self.file for problem in self.problems):
            return
        for key in (EXTENDS, "data"):
            place = self.whole.places.get((key,))
            if place is not None and place.file == self.file:
                message = "the mistakes told above stand in what this file names here; expected none there"
                yield problem_of(Fault((key,), message, "", place), self.whole, self.file)

    def _sorted(self, problems: Iterable[Problem]) -> list[Problem]:
        """In the order of the file, those of files that it extends after it."""
        return sorted(problems, key=lambda item: (item.file != self.file, item.file, item.line, item.column))


def _reaches(address: str, scenario: Scenario, catalog: Catalog) -> bool:
    """Whether a setting can matter to any chemistry of the search: one that buys the item or is of the family."""
    block, _, rest = address.partition(".")
    if block == "price_overrides":
        own = catalog.with_rows(scenario.replaced_rows)
        return rest in items_bought(own, scenario.search.chemistries, scenario.price_overrides)
    key, _, family = rest.partition(".")
    if (block, key) in BY_FAMILY and family not in {"", ALL}:
        known = catalog.with_rows(scenario.replaced_rows).table("chemistry_families").select(name="family")
        return any(row.text == family for row in known if row.keys["chemistry"] in scenario.search.chemistries)
    return True


def _renamed(scenario: Scenario, ending: str) -> Scenario:
    """The scenario under its name and an ending, short enough for a file."""
    name = f"{scenario.name[: NAME_LENGTH_MAX - len(ending) - 1]}-{ending}"
    return replace(scenario, name=name)


def _origins(tree: Tree) -> Iterator[tuple[str, Place]]:
    """Where every value of a complete tree comes from, by its dotted path."""
    for path in _leaves(tree.data, ()):
        yield written(path, tree), tree.place(path)


def _leaves(value: Any, path: Path) -> Iterator[Path]:  # noqa: ANN401 - any node of a tree
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path
