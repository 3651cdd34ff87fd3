"""The page of a comparison: results side by side, what differs, and the way from the first to the others."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from lcopt.design_names import design_in_words, kind_in_words
from lcopt.report.compared import Beside, Compared, asked_differently, notes_on, side_by_side
from lcopt.report.page.bars import CHEAPER, DEARER, steps
from lcopt.report.page.costs import Stack, cost_bars
from lcopt.report.page.document import TOP, whole_page
from lcopt.report.page.markup import (
    Column,
    Entry,
    TableRow,
    figure,
    legend,
    listing,
    paragraph,
    section,
    table,
    tag,
    text,
)
from lcopt.report.tables import COMPONENTS
from lcopt.units import USD_PER_MUSD

HEADS = (
    "Result",
    "Pack",
    "Chosen design",
    "Lifecycle cost, USD",
    "Dearer by, USD",
    "Dearer by, %",
    "Price, USD",
    "USD/km",
    "Charging, min",
    "Wh/kg",
    "Wh/L",
)
FIRST_NUMBER = 3
# Drawings of more designs than these are no help to a reader; the table has all of them.
BARS_MAX, STEPS_MAX = 12, 6
LEAST_USD = 0.5


def comparison_page(results: Sequence[Compared]) -> bytes:
    """The page of at least two results; differences are those to the first. Equal results give equal bytes."""
    designs = side_by_side(results)
    base = results[0].name
    years = "/".join(sorted({str(result.price_year) for result in results}))
    lead = f"Differences are those to {base}. Money is in dollars of {years}, present value at the sale."
    parts = [
        section(
            TOP,
            "Side by side",
            paragraph(lead),
            listing(_told(designs)),
            _designs(designs),
            listing(f"Mind: {note}" for note in notes_on(results)),
        ),
        _costs(designs),
        section(TOP, f"The way from {base}", *_ways(designs, results[0])),
        section(TOP, "All packs", _portfolios(results)),
        section(TOP, "What was asked differently", _settings(results)),
    ]
    foot = tag("footer", tag("p", text(f"Made by lcopt {version('lcopt')} from {_sources(results)}.")))
    return whole_page(f"{len(results)} results compared", "", "", parts, foot)


def _sources(results: Sequence[Compared]) -> str:
    return ", ".join(dict.fromkeys(result.source for result in results))


def _told(designs: Sequence[Beside]) -> list[str]:
    """The cheapest and the dearest design in a sentence each."""
    least, most = min(designs, key=lambda one: one.cost_usd), max(designs, key=lambda one: one.cost_usd)
    return [
        f"{word}: {one.head} with {one.cost_usd:,.0f} USD a pack, {design_in_words(one.design)}"
        for word, one in (("The cheapest", least), ("The dearest", most))
    ]


def _designs(designs: Sequence[Beside]) -> str:
    columns = [Column(head, is_number=number >= FIRST_NUMBER) for number, head in enumerate(HEADS)]
    return table("Chosen designs; a click on a head sorts", columns, [_row(one) for one in designs], sorts=True)


def _row(one: Beside) -> TableRow:
    design = one.design
    facts = (
        ("purchase_price_usd_per_pack", ",.0f"),
        ("levelized_usd_per_km", ".4f"),
        ("charging_time_min", ".1f"),
        ("pack_specific_energy_wh_per_kg", ".0f"),
        ("pack_energy_density_wh_per_l", ".0f"),
    )
    numbers = [
        Entry(f"{one.cost_usd:,.0f}", one.cost_usd),
        Entry(f"{one.more_usd:+,.0f}", one.more_usd),
        Entry(f"{100 * one.more_frac:+.2f}", one.more_frac),
    ]
    numbers += [Entry(f"{design[key]:{form}}", float(design[key])) for key, form in facts]
    return [one.result.name, one.pack, kind_in_words(design), *numbers]


def _components(designs: Sequence[Beside]) -> dict[str, str]:
    """The components that any design has, with their names."""
    return {key: name for key, name in COMPONENTS.items() if any(one.costs_usd.get(key) for one in designs)}


def _costs(designs: Sequence[Beside]) -> str:
    """Lifecycle cost by component, as bars and as a table."""
    shown = designs[:BARS_MAX]
    parts = _components(shown)
    left_out = f" The first {BARS_MAX} of {len(designs)}." if len(designs) > len(shown) else ""
    picture = cost_bars(
        [Stack((one.head, kind_in_words(one.design)), one.head, one.costs_usd) for one in shown],
        [one.cost_usd for one in shown],
        parts,
        f"Lifecycle cost of a pack.{left_out}",
    )
    columns = [Column("USD a pack"), *(Column(one.head, is_number=True) for one in shown)]
    rows: list[TableRow] = [
        [name, *(Entry(f"{one.costs_usd.get(component, 0.0):,.0f}") for one in shown)]
        for component, name in parts.items()
    ]
    rows.append(["Lifecycle cost", *(Entry(f"{one.cost_usd:,.0f}") for one in shown)])
    return section(
        TOP, "What their life costs", picture, table("Present value by component", columns, rows, last="total")
    )


def _ways(designs: Sequence[Beside], base: Compared) -> list[str]:
    """A waterfall for each design that is not of the first result."""
    others = [one for one in designs if one.result is not base]
    made = [_way(one, base) for one in others[:STEPS_MAX]]
    if len(others) > STEPS_MAX:
        made.append(paragraph(f"The first {STEPS_MAX} of {len(others)} are drawn.", "note"))
    return made


def _way(one: Beside, base: Compared) -> str:
    before = base.costs_usd[str(one.first["pack"])]
    changes = [
        (name, change)
        for key, name in COMPONENTS.items()
        if abs(change := one.costs_usd.get(key, 0.0) - before.get(key, 0.0)) >= LEAST_USD
    ]
    if not changes:
        return paragraph(f"{one.head} costs the same in every component.")
    told = "; ".join(f"{name} {change:+,.0f}" for name, change in changes)
    alt = f"Waterfall to {one.head}: {told}; all together {one.more_usd:+,.0f} USD a pack."
    drawn = steps(changes, "All components", f"USD a pack beside {base.name}", "USD", alt)
    key = legend([(DEARER, "dearer"), (CHEAPER, "cheaper")])
    return figure(drawn, f"To {one.head}: {one.more_usd:+,.0f} USD a pack, {100 * one.more_frac:+.2f} %.", key)


def _portfolios(results: Sequence[Compared]) -> str:
    columns = [Column("Result"), Column("Lifecycle cost, million USD", is_number=True)]
    columns.append(Column("Dearer by, million USD", is_number=True))
    base_usd = results[0].total_usd
    rows: list[TableRow] = [
        [
            result.name,
            Entry(f"{result.total_usd / USD_PER_MUSD:,.1f}", result.total_usd),
            Entry(f"{(result.total_usd - base_usd) / USD_PER_MUSD:+,.1f}", result.total_usd - base_usd),
        ]
        for result in results
    ]
    return table("All packs sold, at the first date of sale", columns, rows, sorts=True)


def _settings(results: Sequence[Compared]) -> str:
    differing = asked_differently(results)
    if not differing:
        return paragraph("Nothing: every setting is the same.")
    caption = "Settings that are not the same in all"
    if len(results) > BARS_MAX:
        heads = [Column("Result"), *map(Column, differing)]
        values = zip(*differing.values(), strict=True)
        return table(caption, heads, [[one.name, *told] for one, told in zip(results, values, strict=True)], sorts=True)
    heads = [Column("Key of the scenario"), *(Column(result.name) for result in results)]
    return table(caption, heads, [[key, *told] for key, told in differing.items()])
