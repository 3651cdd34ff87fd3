"""The answer of one pack and why it is the answer."""

from __future__ import annotations

from lcopt.design_names import design_in_words, kind_in_words
from lcopt.inputs.currencies import HOME
from lcopt.report.life_words import ENDLESS, years_in_words
from lcopt.report.ownership_words import MODEL_NAMES, model_lines
from lcopt.report.page.markup import listing, paragraph, section, tag, text
from lcopt.report.records import STOPPED
from lcopt.report.sentences import TIE_FRAC, topics
from lcopt.report.tables import AT_MOST, PackTables, ReportTables

Tile = tuple[str, str, str]


def answer_section(tables: ReportTables, pack: PackTables, level: int) -> str:
    """What to build, in one sentence and a few numbers."""
    facts = pack.chosen.facts
    verdict = tag(
        "p",
        tag("strong", text(kind_in_words(facts))),
        text(_claim(tables)),
        class_="verdict",
    )
    built = paragraph(f"The pack: {design_in_words(facts)}.")
    return section(level, "The answer", verdict, built, tiles(_numbers(tables, pack)))


def _claim(tables: ReportTables) -> str:
    """What is known of the chosen design."""
    if not tables.is_proven:
        return " was chosen at other prices; it is priced again here, not chosen again."
    if tables.result.status == STOPPED:
        return " is the best design found; the search stopped before the proof."
    if len(tables.packs) > 1:
        return " is this pack's cell in the cheapest fleet within the limits."
    return " has the lowest lifecycle cost of all designs within the limits."


def tiles(numbers: list[Tile]) -> str:
    """A few large numbers: what, how much, and what stands beside it."""
    made = "".join(
        tag(
            "div",
            tag("dt", text(name)),
            tag("dd", text(amount), class_="amount"),
            tag("dd", text(beside), class_="beside"),
        )
        for name, amount, beside in numbers
    )
    return tag("dl", made, class_="tiles")


def _numbers(tables: ReportTables, pack: PackTables) -> list[Tile]:
    facts, finance = pack.chosen.facts, tables.scenario.finance
    price, energy, cost = (
        float(facts[name]) for name in ("purchase_price_usd_per_pack", "pack_energy_kwh", "lifecycle_cost_usd_per_pack")
    )
    own = "" if finance.currency == HOME else f", {cost / finance.usd_per_currency:,.0f} {finance.currency}"
    per_km = f"a pack{own}; {facts['levelized_usd_per_km']:.4f} USD/km over {finance.horizon_yr} years"
    return [
        ("Lifecycle cost, present value", f"{cost:,.0f} USD", per_km),
        ("Purchase price", f"{price:,.0f} USD", f"{price / energy:.1f} USD/kWh for {energy:.1f} kWh"),
        _limited(pack, "charging_time_min", "Charging time", "min", 1),
        _limited(pack, "pack_specific_energy_wh_per_kg", "Specific energy", "Wh/kg", 0),
        _limited(pack, "pack_energy_density_wh_per_l", "Energy density", "Wh/L", 0),
        ("Pack mass", f"{facts['pack_mass_kg']:.0f} kg", f"{facts['pack_volume_l']:.0f} L"),
        _life(pack),
        _runner_up(pack),
    ]


def _limited(pack: PackTables, key: str, name: str, unit: str, decimals: int) -> Tile:
    """A number and the limit on it."""
    limit = next((row for row in pack.limits if row.key == key and row.kind == "scenario"), None)
    asked = "no limit asked"
    if limit is not None:
        asked = f"{'at most' if limit.sense == AT_MOST else 'at least'} {limit.bound:.{decimals}f} {unit} asked"
    return name, f"{float(pack.chosen.facts[key]):.{decimals}f} {unit}", asked


def _life(pack: PackTables) -> Tile:
    low, high = (years_in_words(float(pack.lasting[name])) for name in ("life_low_yr", "life_high_yr"))
    years = years_in_words(float(pack.lasting["life_yr"]))
    span = "" if low == high == ENDLESS else f"{low} to {high}, "
    return "Pack life", f"{years} years", f"{span}to {100 * pack.lasting['soh_end_of_life_frac']:.0f} % of capacity"


def _runner_up(pack: PackTables) -> Tile:
    if len(pack.designs) < 2:
        return "Next best", "none", "no other candidate meets the limits"
    more = pack.designs[1].lifecycle_cost_usd - pack.chosen.lifecycle_cost_usd
    share = more / pack.chosen.lifecycle_cost_usd
    tie = " (a tie)" if abs(share) < TIE_FRAC else ""
    beside = f"{100 * share:+.2f} %{tie}: {kind_in_words(pack.designs[1].facts)}"
    if more < 0:
        return "Cheapest for it alone", f"{more:+,.0f} USD", f"{beside}; the fleet costs less with the chosen cell"
    return "Next best costs", f"{more:+,.0f} USD", beside


def why_section(tables: ReportTables, pack: PackTables, level: int) -> str:
    """Why this design, why not the others, what each limit costs, what would change the answer."""
    result = tables.result
    told = [section(level, heading, listing(words)) for heading, words in topics(pack, result).items()]
    models = model_lines(pack.pack.name, result)
    owned = section(level, "Sold, leased or swapped", _chosen_model(tables), listing(models)) if models else ""
    return "".join([*told, owned])


def _chosen_model(tables: ReportTables) -> str:
    return paragraph(f"The designs are chosen for the cheapest business model: {MODEL_NAMES[tables.business.model]}.")
