"""Fills every default of the catalog into the tree of a scenario, as text and with the row that it comes from.

The limits of the scenario go down into its packs, a usage profile becomes its values: a complete tree holds each value
where it takes effect, so that all that follows (reading, showing, writing) knows no defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lcopt.inputs.at_temperatures import AT_TEMPERATURES, plain_key, plain_path
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.contradictions import families
from lcopt.inputs.fields import (
    BY_FAMILY,
    COLD_USE,
    END_OF_LIFE,
    FINANCE,
    LIFECYCLE,
    LIMITS,
    OWNERSHIP,
    OWNERSHIP_MODEL,
    PACK,
    PLANT,
    PLATFORM_COST,
    PORTFOLIO,
    PRICES,
    SEARCH,
    SECOND_LIFE,
    TAX,
    UNCERTAINTY,
    USAGE,
    WINDOW_ROWS,
    Field,
    kind_at,
)
from lcopt.inputs.kinds import KINDS, MONEY_KIND_OF_UNIT
from lcopt.inputs.layers.overlays import overlaid
from lcopt.inputs.layers.relative import Inherited, without_changes
from lcopt.inputs.quantities import QuantityError, read_quantity, tidy_text
from lcopt.inputs.royalties import royalty_rows
from lcopt.inputs.text.tree import CATALOG_PLACE, Path, Place, Tree
from lcopt.inputs.values import ALL

SEARCH_ALL = ("chemistries", "formats", "architectures", "coolings", "technology_classes", "heaters")
END_OF_LIFE_PATH, ROYALTY_PATH = BY_FAMILY
REFERENCE_SPECIFIC_ENERGY = "reference_pack_specific_energy_kwh_per_kg"


def complete(tree: Tree, catalog: Catalog) -> Tree:
    """The tree with every default filled in; `catalog` has the money of the scenario's price year.

    What is no block where a block belongs, or cannot be read, is left as it is.
    """
    return _Completion(overlaid(tree, Tree()), catalog).filled()


def default_place(row: Row) -> Place:
    """Where a default stands."""
    return Place(row.line, 1, f"{CATALOG_PLACE}{row.table}.csv")


class _Completion:
    """One tree that is being filled, in place."""

    def __init__(self, tree: Tree, catalog: Catalog) -> None:
        self.tree = tree
        self.catalog = catalog

    def filled(self) -> Tree:
        data = self.tree.data
        self._fill(("finance",), FINANCE)
        self._fill(("plant",), PLANT)
        self._fill(("portfolio",), PORTFOLIO)
        self._fill((), PRICES)
        self._fill(("lifecycle",), LIFECYCLE)
        self._fill(("uncertainty",), UNCERTAINTY)
        self._fill(("search",), {**SEARCH, **PLATFORM_COST})
        self._fill_search()
        self._fill_by_family(END_OF_LIFE_PATH, {name: self._row(END_OF_LIFE) for name in families(self.catalog)})
        self._fill_by_family(ROYALTY_PATH, royalty_rows(self.catalog, families(self.catalog)))
        self._fill_ownership()
        common = data.pop("limits", {})
        for index, pack in enumerate(data["packs"] if isinstance(data.get("packs"), list) else []):
            if isinstance(pack, dict):
                self._fill(("packs", index), PACK)
                self._fill_usage(("packs", index), pack)
                self._fill_limits(("packs", index), pack, common if isinstance(common, dict) else {})
        return self.tree

    def _block(self, path: Path) -> dict[str, Any] | None:
        """The block at a path, made where nothing stands there; None where something else does."""
        block: Any = self.tree.data
        for step in path:
            if isinstance(block, dict) and block.get(step) is None:
                block[step] = {}
            block = block[step]
            if not isinstance(block, dict | list):
                return None
        return block if isinstance(block, dict) else None

    def _put(self, path: Path, block: dict[str, Any], key: str, value: Any, row: Row) -> None:  # noqa: ANN401
        block[key] = value
        self.tree.places[(*path, key)] = default_place(row)

    def _fill(self, path: Path, table: Mapping[str, Field]) -> None:
        block = self._block(path)
        for key, field in table.items():
            if block is not None and field.table and key not in block:
                row = self._row(field)
                self._put(path, block, key, self._text(row, (*path, key)), row)

    def _row(self, field: Field) -> Row:
        return self.catalog.table(field.table).one(name=field.row)

    def _text(self, row: Row, path: Path) -> str:
        kind = kind_at(path, self.catalog)
        return row.text if kind is None else tidy_text(row.number(kind.internal_unit), kind)

    def _fill_search(self) -> None:
        block = self._block(("search",))
        for key in SEARCH_ALL:
            if block is not None and key not in block:
                block[key] = ALL
                self.tree.places[("search", key)] = Place(0, 0, "all of the catalog")

    def _fill_by_family(self, path: Path, defaults: Mapping[str, Row]) -> None:
        """A value for every chemistry family: its own, that of all, or the default."""
        block, key = self._block(path[:-1]), str(path[-1])
        if block is None:
            return
        given = block.get(key, {})
        if isinstance(given, str):
            given = {ALL: given}
            self.tree.places[(*path, ALL)] = self.tree.place(path)
        if not isinstance(given, dict):
            return
        rest = {family: row for family, row in defaults.items() if family not in given}
        if ALL in given:
            place = self.tree.places.get((*path, ALL), self.tree.place(path))
            self.tree.places |= {(*path, family): place for family in rest}
        else:
            self.tree.places |= {(*path, family): default_place(row) for family, row in rest.items()}
        filled = {family: given.get(ALL) or self._text(row, path) for family, row in rest.items()}
        block[key] = {family: {**filled, **given}[family] for family in defaults}
        self.tree.places.setdefault(path, default_place(next(iter(defaults.values()))))

    def _fill_ownership(self) -> None:
        """Terms of the business models, tax and second life; the latter two only where the scenario has them."""
        self._fill(("ownership",), {**OWNERSHIP_MODEL, **OWNERSHIP})
        finance, block = self._block(("finance",)), self._block(("ownership",))
        if block is not None and finance is not None and "lessor_return" not in block and "discount_rate" in finance:
            block["lessor_return"] = finance["discount_rate"]
            self.tree.places[("ownership", "lessor_return")] = self.tree.place(("finance", "discount_rate"))
        for name, table in (("tax", TAX), ("second_life", SECOND_LIFE)):
            if self.tree.data.get(name) is not None:
                self._fill((name,), table)

    def _fill_usage(self, path: Path, pack: dict[str, Any]) -> None:
        usage = pack.get("usage")
        child = (*path, "usage")
        if isinstance(usage, str):
            usage = pack["usage"] = {"profile": usage}
            self.tree.places[(*child, "profile")] = self.tree.place(child)
        if not isinstance(usage, dict):
            return
        profile = usage.get("profile")
        if isinstance(profile, str):
            rows = {row.keys["name"]: row for row in self.catalog.table("usage_profiles").select(profile=profile)}
            for key, field in USAGE.items():
                if key not in usage and field.attribute in rows:
                    row = rows[field.attribute]
                    self._put(child, usage, key, self._text(row, (*child, key)), row)
        self._fill(child, COLD_USE)
        self._fill_reference_mass(child, pack.get("energy"), usage)

    def _fill_reference_mass(self, path: Path, energy: object, usage: dict[str, Any]) -> None:
        row = self.catalog.table("scenario_defaults").one(name=REFERENCE_SPECIFIC_ENERGY)
        if "reference_pack_mass" in usage or not isinstance(energy, str):
            return
        try:
            mass_kg = read_quantity(energy, KINDS["energy"]) / row.number("kWh/kg")
        except QuantityError:
            return
        self._put(path, usage, "reference_pack_mass", tidy_text(mass_kg, KINDS["mass"]), row)

    def _fill_limits(self, path: Path, pack: dict[str, Any], common: dict[str, Any]) -> None:
        """The pack's own limits, then those of the scenario, then the defaults."""
        own, child = pack.setdefault("limits", {}), (*path, "limits")
        if not isinstance(own, dict):
            return
        for key, value in common.items():
            if key not in own:
                own[key] = value
                for known, place in list(self.tree.places.items()):
                    if known[:2] == ("limits", key):
                        self.tree.places[(*child, *known[1:])] = place
        for name in AT_TEMPERATURES:
            self._fill_at_temperatures((*child, name), own, common)
        self._fill(child, LIMITS)
        if "charging_window" not in own:
            rows = [self.catalog.table("scenario_defaults").one(name=name) for name in WINDOW_ROWS]
            window = [tidy_text(row.number("1"), KINDS["share"]) for row in rows]
            self._put(child, own, "charging_window", window, rows[0])

    def _fill_at_temperatures(self, path: Path, own: dict[str, Any], common: dict[str, Any]) -> None:
        """The limits of the scenario at temperatures and over them those of the pack, without what null leaves out."""
        name = str(path[-1])
        layers = (("limits", name), common.get(name, {})), (path, own.get(name, {}))
        if not all(isinstance(given, dict) for _, given in layers):
            return
        merged: dict[str, Any] = {}
        places: dict[Path, Place] = {}
        for home, given in layers:
            for key, value in given.items():
                merged[plain_key(key)] = value
                places[(*path, plain_key(key))] = self.tree.place((*home, key))
        own[name] = {key: value for key, value in merged.items() if value is not None}
        self.tree.places |= places
        if not own[name]:
            del own[name]


def inherited_in(tree: Tree, catalog: Catalog) -> Inherited:
    """What stands at a path of `tree` without its own changes: a value of the file, or the default."""
    base = complete(without_changes(tree), catalog)

    def find(path: Path) -> tuple[str, Place] | None:
        if path[0] == "price_overrides":
            return _catalog_price(base, str(path[1]), catalog)
        if path[0] == "limits":
            field = LIMITS.get(str(path[1]), Field(""))
            row = catalog.table(field.table).one(name=field.row) if field.table else None
            kind = kind_at(path, catalog)
            return None if row is None or kind is None else (tidy_text(row.value, kind), default_place(row))
        value: Any = base.data
        for step in plain_path(path):
            value = _child(value, step)
        return (value, base.place(plain_path(path))) if isinstance(value, str) else None

    return find


def _child(value: Any, step: str | int) -> Any:  # noqa: ANN401 - any node of a tree
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None


def _catalog_price(tree: Tree, item: str, catalog: Catalog) -> tuple[str, Place] | None:
    rows = catalog.table("prices").select(item=item, price_scenario=str(tree.data.get("prices")))
    return (tidy_text(rows[0].value, MONEY_KIND_OF_UNIT[rows[0].unit]), default_place(rows[0])) if rows else None
