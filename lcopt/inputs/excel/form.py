"""A scenario as an Excel form that is filled in and read back: `lcopt template`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import chain

from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import Catalog, packaged_catalog
from lcopt.inputs.document import SWEEP, VARIANTS
from lcopt.inputs.excel.form_cells import Texts, by_family, changed_texts, has_families, settled, texts_of
from lcopt.inputs.excel.form_layout import HEADINGS
from lcopt.inputs.excel.form_rows import sections_of
from lcopt.inputs.excel.form_sheets import form_bytes
from lcopt.inputs.excel.workbook import read_workbook
from lcopt.inputs.layers.extends import load
from lcopt.inputs.layers.overlays import layers_of, overlaid, without
from lcopt.inputs.own_data.catalog_overrides import DATA, folder_of
from lcopt.inputs.quantities import shown
from lcopt.inputs.reader import Source, read_file
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.starter import STARTER
from lcopt.inputs.text.tree import Tree, UnreadableError, read_tree

NAME = "form.xlsx"

Layers = tuple[Tree, ...]


@dataclass(frozen=True)
class Form:
    """The bytes of an .xlsx file, and a line for each thing of the scenario that it does not hold."""

    content: bytes
    notes: tuple[str, ...]


def form_of(source: Source, catalog: Catalog | None = None, home: str = "") -> Form:
    """The form of a scenario with its variants.

    Parameters
    ----------
    source : path, mapping or Tree
        The scenario.
    catalog : Catalog, optional
        Where defaults, names and prices come from; the packaged catalog if left out.
    home : str
        The folder in which the form will be, to which it names a folder of data; the working directory if left out.

    Raises
    ------
    ScenarioError
        With every problem of the scenario.
    """
    catalog = packaged_catalog() if catalog is None else catalog
    found = read_file(source, catalog)
    tree = source if isinstance(source, Tree) else load(source)
    scenarios = dict(found.scenarios)
    notes = ["its sweep is not part of the form"] if found.has_sweep else []
    base = without(tree, VARIANTS, SWEEP)
    overlays = {name: layers_of(tree, name) for name in scenarios if name}
    for one in (base, *chain(*overlays.values())):
        if folder := folder_of(one):
            one.data[DATA] = os.path.relpath(folder, home or os.curdir)
    writer = _Writer(base, scenarios, overlays, catalog, os.path.join(home, NAME))  # noqa: PTH118 - as written
    kept = writer.columns()
    content = writer.written(kept)
    whole = writer.holds(content, kept)
    if not whole:
        kept = {name: texts for name, texts in kept.items() if writer.holds(writer.written({name: texts}), {name})}
        content = writer.written(kept)
        whole = writer.holds(content, kept)
    notes += [f"a form cannot hold what the variant {shown(name)} changes" for name in overlays if name not in kept]
    if not whole:
        notes.append("the form does not hold every value of the scenario; compare 'lcopt show' of both")
    return Form(content, tuple(notes))


def starter() -> Tree:
    """The scenario of which a form is made where none is given: the one that 'lcopt init' writes."""
    return read_tree(STARTER)


class _Writer:
    """Writes forms of one scenario, with all or some of its variants."""

    def __init__(
        self, base: Tree, scenarios: Mapping[str, Scenario], overlays: Mapping[str, Layers], catalog: Catalog, file: str
    ) -> None:
        self.file = file
        self.raw = base
        self.scenarios = scenarios
        self.overlays = overlays
        self.catalog = catalog
        self.base = settled(base, self._priced(""))
        self.apart = False
        self.changed = {name: reduce(overlaid, layers, base) for name, layers in overlays.items()}

    def _priced(self, variant: str) -> Catalog:
        """The catalog in the money of the scenario or of a variant."""
        scenario = self.scenarios[variant]
        return self.catalog.packaged.with_rows(scenario.replaced_rows).in_price_year(scenario.finance.price_year)

    def columns(self) -> dict[str, Texts]:
        """What each variant changes; those left out of which a column cannot say it."""
        given = [self.base, *(settled(tree, self._priced(name)) for name, tree in self.changed.items())]
        self.apart = any(has_families(texts_of(tree)) for tree in given)
        taken = {heading.casefold() for heading in HEADINGS}
        made: dict[str, Texts] = {}
        for name, tree in self.changed.items():
            texts = changed_texts(self.base, tree, self._priced(name), families_apart=self.apart)
            if texts is not None and name.casefold() not in taken:
                made[name] = texts
        return made

    def written(self, columns: Mapping[str, Texts]) -> bytes:
        """The form with the columns of these variants."""
        catalog = self._priced("")
        texts = texts_of(self.base)
        texts = by_family(texts, catalog) if self.apart else texts
        also = {path for changes in columns.values() for path in changes}
        return form_bytes(sections_of(texts, also, self.base, catalog), columns, self.base.question)

    def holds(self, content: bytes, names: Mapping[str, Texts] | set[str]) -> bool:
        """Whether a form reads back as the scenario and exactly these variants."""
        try:
            found = dict(read_file(read_workbook(content, self.file), self.catalog).scenarios)
        except (ScenarioError, UnreadableError):
            return False
        wanted = {name: self.scenarios[name].scenario_hash for name in ("", *names)}
        return {name: scenario.scenario_hash for name, scenario in found.items()} == wanted
