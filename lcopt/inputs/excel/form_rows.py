"""Which rows an Excel form of a scenario has: every key of the language, with what may stand there and its default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lcopt.inputs.at_temperatures import is_at_temperatures
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.completion import complete
from lcopt.inputs.contradictions import families, highest_price
from lcopt.inputs.currencies import CURRENCIES, in_currency
from lcopt.inputs.document import BLOCKS, ScenarioDocument, block_name
from lcopt.inputs.excel.form_cells import Texts, split_quantity, texts_of
from lcopt.inputs.excel.form_layout import PACKS, PRICE_OVERRIDES, address_of, is_list_of_names, is_window
from lcopt.inputs.fields import BY_FAMILY, is_whole_number, kind_at, reader_of
from lcopt.inputs.kinds import RATIO, Kind
from lcopt.inputs.meanings import MEANINGS
from lcopt.inputs.quantities import number_and_unit, read_quantity, short_text
from lcopt.inputs.schema import scenario_schema
from lcopt.inputs.text.tree import Path, Place, Tree
from lcopt.inputs.values import Known

REQUIRED_OR_ALL = "required, or all rows below"
GENERATED = "generated ones"
REQUIRED, NO_LIMIT, NO_CAP, NO_DEFAULT, AS_LIMITS = "required", "no limit", "no cap", "none", "as in limits"
# What holds where a key has neither value nor default, by its path or block.
_WITHOUT: dict[Path, str] = {
    ("limits",): NO_LIMIT,
    ("search", "platforms"): GENERATED,
    ("search", "platforms_max"): NO_CAP,
}
WINDOW_ALLOWED = "two shares, the lower first"
AT_TEMPERATURES_ALLOWED = "temperature: limit, with ; between several"
NAMES_ALLOWED = "all, or names with ; between them"
LIST_ALLOWED = "a name of the list"
NAME_ALLOWED = "letters, digits, - and _"
EVERY_FAMILY = " One value for all families, or the rows below instead."
OVER_ALL = " In the column of a variant they also replace the limits that a pack has of its own."
_USAGE, _LIMITS = "usage", "limits"
_LONGEST_DEFAULT, _LONGEST_CHOICES = 14, 48
_SOURCE_PREFIX, _SOURCE_ENDING = "catalog ", ".csv"


@dataclass(frozen=True)
class FormRow:
    """One row: key and path, what it means, its value and default as text ('' where none), and what may stand there.

    `low` and `high` are in `unit`, one of `units`, which are empty where the value has no unit. `several` choices may
    stand in one cell.
    """

    key: str
    path: Path
    meaning: str
    value: str
    default: str
    source: str
    allowed: str
    kind: Kind | None = None
    unit: str = ""
    units: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True)
class Section:
    """Rows under one heading, which is a key too; `is_pack` where a variant may leave out the whole."""

    key: str
    meaning: str
    rows: tuple[FormRow, ...]
    is_pack: bool = False


def sections_of(texts: Texts, also: set[Path], base: Tree, catalog: Catalog) -> list[Section]:
    """All sections of the form of a scenario, in the order of the language.

    Parameters
    ----------
    texts : Texts
        The values to fill in.
    also : set of Path
        What must have a row besides every key of the language: values of variants.
    base : Tree
        The scenario, which tells the packs, their profiles and the price scenario.
    catalog : Catalog
        In the money of the scenario.
    """
    return _Rows(texts, also, base, catalog).sections()


class _Rows:
    """Builds the rows of one form."""

    def __init__(self, texts: Texts, also: set[Path], base: Tree, catalog: Catalog) -> None:
        self.texts = texts
        self.paths = [*texts, *sorted(also - set(texts), key=str)]
        self.catalog = catalog
        self.known = Known.of(catalog)
        self.schema = scenario_schema(catalog)
        self.names = {index: str(pack["name"]) for index, pack in enumerate(base.data[PACKS])}
        self.default = complete(_bare(base), catalog)
        self.defaults = texts_of(self.default)
        prices = str(base.data.get("prices", self.default.data["prices"]))
        self.prices = {row.keys["item"]: row for row in catalog.table("prices").select(price_scenario=prices)}

    def sections(self) -> list[Section]:
        made: list[Section] = []
        loose: list[FormRow] = []
        for key in ScenarioDocument.model_fields:
            if key == PACKS:
                made += [section for index in self.names for section in self._pack(index)]
            elif key == PRICE_OVERRIDES:
                rows = (*loose, *(self._row((key, item)) for item in self.prices))
                made, loose = [*made, Section(key, MEANINGS[""][key], rows)], []
            elif key in BLOCKS:
                if loose:
                    made, loose = [*made, Section("scenario", "", tuple(loose))], []
                made.append(self._block((key,), MEANINGS[""][key] + (OVER_ALL if key == _LIMITS else "")))
            elif ScenarioDocument.model_fields[key].default_factory is None:
                loose.append(self._row((key,)))
        covered = {row.path for section in made for row in section.rows} | {row.path for row in loose}
        further = [self._row(path) for path in self.paths if path not in covered and len(path) > (path[0] == PACKS) * 2]
        if loose or further:
            made.append(Section("more", "What else the scenario has.", (*loose, *further)))
        return made

    def _pack(self, index: int) -> Iterator[Section]:
        path = (PACKS, index)
        rows = [self._row((*path, key)) for key in BLOCKS[PACKS].model_fields if key not in BLOCKS]
        yield Section(address_of(path, self.names), "One pack of the portfolio.", tuple(rows), len(self.names) > 1)
        for key in BLOCKS[PACKS].model_fields:
            if key in BLOCKS:
                yield self._block((*path, key), MEANINGS[PACKS][key] if key == _LIMITS else "How the pack is used.")

    def _block(self, path: Path, meaning: str) -> Section:
        rows = []
        for key in BLOCKS[str(path[-1])].model_fields:
            child = (*path, key)
            rows.append(self._row(child))
            if child in BY_FAMILY:
                rows += [self._row((*child, family)) for family in families(self.catalog)]
        return Section(address_of(path, self.names), meaning, tuple(rows))

    def _row(self, path: Path) -> FormRow:
        kind = None if is_window(path) else kind_at(path, self.catalog)
        value = self.texts.get(path, "")
        default, source = self._default(path)
        choices = () if path[0] == PRICE_OVERRIDES else self._choices(path, kind)
        unit, units = _units(kind, value, default)
        low, high = (None, None) if choices else self._range(path, kind, unit)
        several = is_list_of_names(path) or is_at_temperatures(path)
        return FormRow(
            key=address_of(path, self.names),
            path=path,
            meaning=_meaning(path),
            value=value,
            default=default if kind is None else _short(default, kind),
            source=source,
            allowed=self._allowed(path, choices, low, high, unit),
            kind=kind,
            unit=unit,
            units=units,
            low=low,
            high=high,
            choices=choices,
            several=several,
        )

    def _default(self, path: Path) -> tuple[str, str]:
        """The default of a key as text, and where it comes from."""
        field = BLOCKS[block_name(path[:-1])].model_fields.get(str(path[-1]))
        if path[0] == PRICE_OVERRIDES:
            row = self.prices.get(str(path[1]))
            kind = kind_at(path, self.catalog)
            return (NO_DEFAULT, "") if row is None or kind is None else (short_text(row.value, kind), _source(row))
        if field is not None and field.is_required():
            return REQUIRED, ""
        if path[-2:] == (_USAGE, "profile"):
            return REQUIRED_OR_ALL, ""
        if path[0] == PACKS and _LIMITS in path:
            return AS_LIMITS, ""
        at = path
        if path[0] == _LIMITS:
            at = (PACKS, 0, *path)
        elif path in BY_FAMILY:
            at = (*path, families(self.catalog)[0])
        if at in self.defaults:
            return self.defaults[at], self._source_at(self.default.place(at))
        return _WITHOUT.get(path, _WITHOUT.get(path[:1], NO_DEFAULT)), ""

    def _source_at(self, place: Place) -> str:
        table = place.file.removeprefix(_SOURCE_PREFIX).removesuffix(_SOURCE_ENDING)
        rows = self.catalog.tables[table].rows if table in self.catalog.tables else ()
        return next((_source(row) for row in rows if row.line == place.line), str(place))

    def _choices(self, path: Path, kind: Kind | None) -> tuple[str, ...]:
        block = block_name(path[:-1])
        root = self.schema["$defs"][BLOCKS[block].__name__ if block else "Scenario"]
        words = _words(root["properties"].get(str(path[-1]), {}))
        return words if kind is None else tuple(number_and_unit(word)[0] for word in words)

    def _range(self, path: Path, kind: Kind | None, unit: str) -> tuple[float | None, float | None]:
        """The lowest and the highest value in the unit of the row."""
        if is_whole_number(block_name(path[:-1]), str(path[-1])):
            return self.known.ranges[str(path[-1])]
        if kind is None or unit not in kind.units:
            return None, None
        if path[0] == PRICE_OVERRIDES:
            row = self.prices.get(str(path[1]))
            span = (0.0, highest_price(row)) if row is not None else (None, None)
        else:
            name = path[-2] if path[:2] in BY_FAMILY and len(path) > 2 else path[-1]
            span = self.known.ranges.get(str(name), (None, None))
        conversion = kind.units[unit]
        low, high = (
            None if end is None else float(f"{end * conversion.divide / conversion.multiply - conversion.add:.12g}")
            for end in span
        )
        return low, high

    def _allowed(self, path: Path, choices: tuple[str, ...], low: float | None, high: float | None, unit: str) -> str:
        if is_list_of_names(path):
            return NAMES_ALLOWED
        if is_at_temperatures(path):
            return AT_TEMPERATURES_ALLOWED
        if choices:
            listed = ", ".join(choices) + (f" {unit}" if unit else "")
            return listed if len(listed) <= _LONGEST_CHOICES else LIST_ALLOWED
        if is_window(path):
            return WINDOW_ALLOWED
        if low is not None and high is not None:
            if is_whole_number(block_name(path[:-1]), str(path[-1])):
                return f"a whole number from {low:.0f} to {high:.0f}"
            reader = reader_of(block_name(path[:-1]), str(path[-1]))
            whole = ", whole" if reader is not None and reader.whole else ""
            return f"{_digits(low)} to {_digits(high)} {unit}{whole}"
        if path[-1] == "platforms_max":
            return "a whole number from 1"
        return NAME_ALLOWED if path[-1] == "name" else ""


def _bare(base: Tree) -> Tree:
    """What the defaults depend on, and no more."""
    packs = []
    for pack in base.data[PACKS]:
        usage = pack[_USAGE]
        profile = usage if isinstance(usage, str) else usage.get("profile")
        packs.append({"energy": pack["energy"], _USAGE: {} if profile is None else {"profile": profile}})
    return Tree({PACKS: packs})


def _digits(number: float) -> str:
    """A number of a range, with its thousands set apart."""
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.6g}"


def _meaning(path: Path) -> str:
    if path[0] == PRICE_OVERRIDES:
        return f"Price of {str(path[1]).replace('_', ' ')}."
    if path[:2] in BY_FAMILY and len(path) > 2:
        return f"The same for the family {path[2]} alone."
    own = MEANINGS[block_name(path[:-1])].get(str(path[-1]), "")
    return own + (EVERY_FAMILY if path in BY_FAMILY else "")


def _words(node: Any) -> tuple[str, ...]:  # noqa: ANN401 - any part of a schema
    """The words that a schema allows for a value, or for one of several."""
    if "const" in node:
        return (str(node["const"]),)
    if "enum" in node:
        return tuple(dict.fromkeys(map(str, node["enum"])))
    inner = [*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])]
    return next((words for words in map(_words, inner) if words), ())


def _units(kind: Kind | None, value: str, default: str) -> tuple[str, tuple[str, ...]]:
    """The unit of a row, that of its value if it has one, and all to choose from."""
    if kind is None:
        return "", ()
    usual = kind.usual_unit or RATIO
    split = split_quantity(value, kind) or split_quantity(default, kind)
    unit = split[1] if split else usual
    others = [in_currency(name, code) for name in kind.units for code in CURRENCIES] if kind.is_money else []
    return unit, tuple(dict.fromkeys((usual, *kind.units, *others, unit)))


def _short(text: str, kind: Kind) -> str:
    """A default in few digits: exactly, if that is short."""
    if len(text) <= _LONGEST_DEFAULT or split_quantity(text, kind) is None:
        return text
    return short_text(read_quantity(text, kind), kind)


def _source(row: Row) -> str:
    return f"{row.table}:{row.line}, {row.kind}, {row.source}"
