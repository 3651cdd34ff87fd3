"""What a reader must be told beside the numbers: ties, borrowed data, extrapolation, chemistries out of reach."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import pandas as pd

from lcopt.design_names import FORMAT_NAMES
from lcopt.inputs.catalog import SCENARIO_SOURCE, Catalog
from lcopt.inputs.price_items import told_of_unused, unused_prices
from lcopt.inputs.quantities import shown
from lcopt.inputs.readiness import LOWEST_LEVEL, chemistries_in_all, readiness_level
from lcopt.inputs.scenario import Scenario, Search
from lcopt.inputs.words import FORMATS
from lcopt.selection.alternatives import Alternative, component_differences, out_of_reach
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored
from lcopt.selection.quotes import MADE_WORD, sourcing_words
from lcopt.selection.space import Platforms

TIE_BELOW_FRAC = 0.01


def warnings_of(
    explored: Sequence[Explored],
    alternatives: Sequence[Sequence[Alternative]],
    designs: pd.DataFrame,
    engineering: Engineering,
    catalog: Catalog,
) -> tuple[str, ...]:
    """Every remark on a result, the ones on the answer first."""
    remarks = [
        remark
        for one, ranked in zip(explored, alternatives, strict=True)
        for remark in (*_ties(one, ranked, engineering), *_extrapolation(one, ranked[0].candidate, engineering))
    ]
    return (
        *remarks,
        *_borrowed(designs, engineering),
        *readiness_remarks(designs, engineering.scenario.search, catalog),
        *replacements(engineering.scenario),
        *_uncertain(engineering.scenario),
        *told_of_unused(unused_prices(engineering.scenario, catalog)),
    )


def replacements(scenario: Scenario) -> list[str]:
    """How many numbers of the catalog are not the packaged ones, and who says so."""
    counts: dict[str, list[int]] = {}
    for row in scenario.replaced_rows:
        own = row.cells.get("source") == SCENARIO_SOURCE
        place = "the scenario" if own else shown(str(PurePath(row.file).parent))
        counts.setdefault(place, [0, 0])[row.replaces] += 1
    return [
        f"{' and '.join(_counted(added, replaced))} by {place}; see the sheet Replaced"
        for place, (added, replaced) in counts.items()
    ]


def _uncertain(scenario: Scenario) -> list[str]:
    """The prices that the scenario holds for uncertain, which the optimizer takes at one value."""
    items = [f"{item} {scenario.price_overrides[item]:g}" for item in scenario.price_distributions]
    count = f"{len(items)} price{'' if len(items) == 1 else 's'}"
    return [f"{count} with a distribution, optimized at the central value: {', '.join(items)}"] if items else []


def _counted(added: int, replaced: int) -> list[str]:
    """The parts of the sentence that have a number."""
    parts = [(replaced, "of the catalog replaced"), (added, "added to the catalog")]
    return [f"{count} row{'' if count == 1 else 's'} {what}" for count, what in parts if count]


def out_of_reach_table(explored: Sequence[Explored], engineering: Engineering) -> pd.DataFrame:
    """Chemistries without a feasible candidate: `pack, chemistry, limit, value, sense, limit_value, unit`."""
    rows = [
        {
            "pack": one.task.pack.name,
            "chemistry": item.chemistry,
            "limit": item.limit.label,
            "value": item.value,
            "sense": item.limit.sense.value,
            "limit_value": item.limit.bound,
            "unit": item.limit.unit,
        }
        for one in explored
        for item in out_of_reach(one, engineering)
    ]
    columns = ["pack", "chemistry", "limit", "value", "sense", "limit_value", "unit"]
    return pd.DataFrame(rows, columns=columns)


def platform_labels(platforms: Platforms, engineering: Engineering) -> tuple[str, ...]:
    """What a cell is, in words: chemistry, class, format, loading and capacity, one text a platform."""
    classes = engineering.scenario.search.technology_classes
    return tuple(
        f"{f'{name}: ' if name else ''}{engineering.chemistries[couple]} {classes[number]}, "
        f"{FORMAT_NAMES[FORMATS[cell_format]]}, {loading:.4g} mAh/cm2, {capacity:.4g} Ah"
        f"{'' if sourcing == MADE_WORD else f', {sourcing}'}"
        for name, couple, number, cell_format, loading, capacity, sourcing in zip(
            engineering.given.names_of(platforms),
            platforms.couple,
            platforms.technology_class,
            platforms.cell_format,
            platforms.areal_capacity_mah_per_cm2,
            platforms.cell_capacity_ah,
            sourcing_words(platforms, engineering.scenario.portfolio.buy),
            strict=True,
        )
    )


def _ties(explored: Explored, alternatives: Sequence[Alternative], engineering: Engineering) -> list[str]:
    """A word where the second design, or the best of another chemistry, is closer than one percent to the first."""
    couple, cost = explored.candidates.platforms.couple, explored.cost_usd_per_pack
    chosen = alternatives[0].candidate
    others = [item.candidate for item in alternatives[1:]]
    rivals = others[:1] + [other for other in others if couple[other] != couple[chosen]][:1]
    return [
        _tie(explored, chosen, rival, engineering)
        for rival in dict.fromkeys(rivals)
        if abs(cost[rival] / cost[chosen] - 1) < TIE_BELOW_FRAC
    ]


def _tie(explored: Explored, chosen: int, rival: int, engineering: Engineering) -> str:
    cost = explored.cost_usd_per_pack
    differences = component_differences(explored, chosen, rival)
    first, second = _kind_names(explored, chosen, rival, engineering)
    if not differences:
        return f"pack '{explored.task.pack.name}': tie: {first} and {second} cost the same in every part"
    component, value = max(differences.items(), key=lambda item: abs(item[1]))
    return (
        f"pack '{explored.task.pack.name}': tie: {first} and {second} differ by "
        f"{abs(cost[rival] / cost[chosen] - 1):.2%} of their lifecycle cost, less than 1 %; what decides is "
        f"{component.value.replace('_', ' ')} ({value:+,.0f} USD with the second)"
    )


def _kind_names(explored: Explored, chosen: int, rival: int, engineering: Engineering) -> tuple[str, str]:
    """Chemistry, class and parallel count of two designs; their formats too where chemistry and class agree."""
    platforms, counts = explored.candidates.platforms, explored.candidates.counts
    first, second = (
        f"{engineering.chemistries[platforms.couple[candidate]]} "
        f"{engineering.scenario.search.technology_classes[platforms.technology_class[candidate]]}"
        for candidate in (chosen, rival)
    )
    parallel = [f" {counts.cells_in_parallel_count[candidate]}p" for candidate in (chosen, rival)]
    if first == second and platforms.cell_format[chosen] != platforms.cell_format[rival]:
        names = [FORMAT_NAMES[FORMATS[platforms.cell_format[candidate]]] for candidate in (chosen, rival)]
        return f"{first} in {names[0]} cells{parallel[0]}", f"in {names[1]} cells{parallel[1]}"
    return first + parallel[0], second + parallel[1]


def _extrapolation(explored: Explored, chosen: int, engineering: Engineering) -> list[str]:
    name, task = explored.task.pack.name, explored.task
    extrapolated = explored.values["charging_extrapolated"] > 0
    remarks = []
    count = int((extrapolated & explored.feasible).sum())
    if count:
        which = "the chosen design is one of them" if extrapolated[chosen] else "the chosen design is not one of them"
        remarks.append(
            f"pack '{name}': {count:,} of {int(explored.feasible.sum()):,} feasible candidates charge at a loading "
            f"outside the range of their charging parameters; {which}"
        )
    window = task.pack.limits.charging_window_frac
    if engineering.charging_model.window_is_extrapolated(window):
        remarks.append(
            f"pack '{name}': charging_window {window[0]:.0%} to {window[1]:.0%} reaches beyond the fitted profile; "
            "the end slopes were used"
        )
    starts = {"charging_temperature": task.pack.limits.charging_temperature_deg_c}
    if task.cold.is_asked:
        starts["cold_temperature"] = task.cold.temperature_deg_c
    for key, start in starts.items():
        if engineering.charging_model.start_temperature_is_extrapolated(start):
            remarks.append(
                f"pack '{name}': {key} {start:g} degC is outside the runs behind the charging model; its law goes on"
            )
    couple = explored.candidates.platforms.couple
    if task.aging.is_extrapolated[couple[chosen]]:
        remarks.append(f"pack '{name}': its usage lies outside the table of the fade law; the nearest edge was used")
    return remarks


def _borrowed(designs: pd.DataFrame, engineering: Engineering) -> list[str]:
    """Which ranked designs rest on data of another chemistry."""
    borrowers = designs[designs["borrows"] != ""].drop_duplicates("chemistry")
    return [f"{row.chemistry} borrows: {row.borrows}" for row in borrowers.itertuples()]


def readiness_remarks(designs: pd.DataFrame, search: Search, catalog: Catalog) -> list[str]:
    """Chemistries that `all` leaves out, and those that take part before they are in series production."""
    year, lowest = search.production_start_year, search.readiness_min
    everyone = () if search.chemistries_named else chemistries_in_all(catalog, year, LOWEST_LEVEL)
    missing = [name for name in everyone if readiness_level(catalog, name, year) < lowest]
    early = _early_chemistries(search, catalog)
    remarks = []
    if early:
        chosen = set(designs.loc[designs["rank"] == 0, "chemistry"]) & set(early)
        which = f"{' and '.join(sorted(chosen))} is chosen" if chosen else "none of them is chosen"
        levels = ", ".join(f"{name} (level {readiness_level(catalog, name, year)})" for name in early)
        remarks.append(
            f"{_chemistries(early)} not in series production by {year} (search.readiness_min {lowest}): cost and "
            f"performance are expected, not measured; {which}: {levels}"
        )
    if missing:
        remarks.append(
            f"{_chemistries(missing)} left out: not in series production by {year} (search.readiness_min {lowest}): "
            f"{', '.join(missing)}"
        )
    return remarks


def _early_chemistries(search: Search, catalog: Catalog) -> list[str]:
    """Chemistries of a search that are not in series production in the year of the first sale."""
    series = catalog.table("scenario_defaults").one(name="readiness_min").value
    year = search.production_start_year
    return [name for name in search.chemistries if readiness_level(catalog, name, year) < series]


def _chemistries(names: Sequence[str]) -> str:
    return "1 chemistry is" if len(names) == 1 else f"{len(names)} chemistries are"
