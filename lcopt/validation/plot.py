"""A comparison with reference data as one HTML page that loads nothing: predicted over published, by quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog, Row, packaged_catalog
from lcopt.plots import Panel, Points, Section, page
from lcopt.validation.comparison import PREFIX, Validation

BOUNDS_TABLE = "validation_bounds"
RELATIVE_BOUND = "relative_bound_frac"
SOH = "soh"
PCT = 100.0
# Headings with their quantities, in the words of their axes.
CHARTS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "real": {
        "Cells": {
            "cell_Ah": "capacity of the cell, Ah",
            "cell_V": "nominal voltage of the cell, V",
            "cell_kg": "mass of the cell, kg",
            "cell_Wh_kg": "specific energy of the cell, Wh/kg",
            "cell_Wh_L": "energy density of the cell, Wh/L",
            "cathode_areal_mAh_cm2": "areal capacity of the cathode, mAh/cm2",
        },
        "Packs": {
            "pack_kWh": "energy of the pack, kWh",
            "pack_kg": "mass of the pack, kg",
            "pack_Wh_kg": "specific energy of the pack, Wh/kg",
            "pack_Wh_L": "energy density of the pack, Wh/L",
            "vol_utilisation_or_VCTP_pct": "share of the cells in the volume, %",
            "mass_GCTP_pct": "share of the cells in the mass, %",
        },
    },
    "charging": {"": {"min_10_80_envelope": "charging time from 10 to 80 %, min"}},
    "charging-thermal": {
        "": {
            "min_10_80": "charging time from 10 to 80 %, min",
            "T_max_C": "highest temperature, degC",
            "T_end_C": "temperature at the end, degC",
        }
    },
    "aging": {"": {SOH: "state of health in every year"}},
}
# Kind -> published column -> the end of the column of its prediction.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "charging": {"min_10_80_envelope": "min"},
    "charging-thermal": {"min_10_80": "min", "T_max_C": "t_max_c", "T_end_C": "t_end_c"},
}
# What names a row of a file.
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "charging": ("param_set", "areal_mAh_cm2", "T0_C"),
    "charging-thermal": ("param_set", "areal_mAh_cm2", "T0_C", "kcool_1_s", "Tcoolant_C"),
    "aging": ("model", "duty", "T_C"),
}
NOTHING = "no published value has a prediction beside it; expected one to plot"


def validation_page(kind: str, validation: Validation, file: str = "") -> str:
    """The page of a comparison as HTML.

    Parameters
    ----------
    kind : str
        A key of `CHARTS`.
    validation : Validation
        Of that kind.
    file : str
        Where the reference data are from, the packaged file where empty.

    Raises
    ------
    ScenarioError
        Where nothing that is published has a prediction.
    """
    listing = compared(kind, validation)
    good = listing[np.isfinite(listing["published"]) & np.isfinite(listing["predicted"])]
    sections = list(_sections(kind, good, packaged_catalog()))
    if not sections:
        raise ScenarioError([Problem(kind, 0, 0, "", NOTHING, "'-o OUT.csv' tells why each row has none")])
    lead = (
        f"{len(good)} of {len(listing)} published values have a prediction; '-o OUT.csv' tells why the others have "
        "none. Points lie on the line where both agree; the band is the bound of the title. A point tells its name "
        "when pointed at."
    )
    title = f"lcopt validate --{kind}: {file or 'the packaged reference data'}"
    return page(title, lead, sections, validation.deviations.to_string(index=False))


def compared(kind: str, validation: Validation) -> pd.DataFrame:
    """A row a published value: name, quantity, published and predicted, the last NaN where there is none."""
    if kind == "real":
        return validation.listing[validation.listing["quantity"] != ""]
    cases = validation.cases
    places = {str(name).lower(): name for name in cases}
    named = [name for name in NAMED_BY[kind] if name in cases]
    rows = zip(cases.index, *(cases[name] for name in named), strict=True)
    names = [", ".join([f"line {place + 2}", *map(str, words)]) for place, *words in rows]
    parts = []
    for quantity, published, predicted, suffix in _pairs(kind, cases):
        if published.lower() not in places:
            continue
        part = {
            "name": [name + suffix for name in names],
            "quantity": quantity,
            "published": pd.to_numeric(cases[places[published.lower()]], errors="coerce"),
            "predicted": cases[predicted],
        }
        parts.append(pd.DataFrame(part).dropna(subset="published"))
    none = pd.DataFrame({"name": [], "quantity": [], "published": [], "predicted": []})
    return pd.concat(parts, ignore_index=True) if parts else none


def _pairs(kind: str, cases: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """Quantity, published column, predicted column and what a name has at its end."""
    if kind != "aging":
        for published, end in COLUMNS[kind].items():
            yield published, published, PREFIX + end, ""
        return
    start = f"{PREFIX}{SOH}_y"
    for column in (str(name) for name in cases if str(name).startswith(start)):
        year = column.removeprefix(start)
        yield SOH, f"{SOH}_y{year}", column, f", year {year}"


def _sections(kind: str, good: pd.DataFrame, catalog: Catalog) -> Iterator[Section]:
    bounds = {row.keys["quantity"]: row for row in catalog.table(BOUNDS_TABLE).select(comparison=kind)}
    for heading, labels in CHARTS[kind].items():
        shown = {quantity: good[good["quantity"] == quantity] for quantity in labels}
        panels = [_panel(labels[quantity], rows, bounds.get(quantity)) for quantity, rows in shown.items() if len(rows)]
        if panels:
            yield Section(heading, tuple(panels))


def _panel(label: str, rows: pd.DataFrame, bound: Row | None) -> Panel:
    published, predicted = (rows[name].to_numpy(dtype=np.float64) for name in ("published", "predicted"))
    is_relative = bound is None or bound.keys["name"] == RELATIVE_BOUND
    words = [
        f"{name}: {got:.4g} predicted, {value:.4g} published ({_off(got, value, is_relative=is_relative)})"
        for name, value, got in zip(rows["name"], published, predicted, strict=True)
    ]
    return Panel(
        title=label if bound is None else f"{label} ({_width(bound)})",
        across=f"published {label}",
        up=f"predicted {label}",
        points=(Points("", published, predicted, words),),
        bound=None if bound is None else bound.value,
        is_relative=is_relative,
    )


def _off(got: float, value: float, *, is_relative: bool) -> str:
    return f"{got / value - 1:+.1%}" if is_relative and value else f"{got - value:+.3g}"


def _width(bound: Row) -> str:
    if bound.keys["name"] == RELATIVE_BOUND:
        return f"\N{PLUS-MINUS SIGN}{PCT * bound.value:g} %"
    return f"\N{PLUS-MINUS SIGN}{bound.value:g}{'' if bound.unit == '1' else f' {bound.unit}'}"
