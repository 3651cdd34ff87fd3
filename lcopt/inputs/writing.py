"""A `Scenario` as the document that reads back as exactly it: every value explicit, as text with its unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lcopt.inputs.at_temperatures import AT_TEMPERATURES, temperature_key
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.catalog_tables import GIVEN_ROUTE
from lcopt.inputs.distributions import SHAPE, SPREADS, PriceDistribution
from lcopt.inputs.fields import (
    BUY,
    COLD_USE,
    FINANCE,
    LIFECYCLE,
    LIMITS,
    OWNERSHIP,
    OWNERSHIP_USED_BY,
    PACK,
    PLANT,
    PLATFORM_COST,
    PORTFOLIO,
    PRICES_COMPARED,
    SEARCH,
    SECOND_LIFE,
    TAX,
    USAGE,
    Field,
    kind_at,
)
from lcopt.inputs.kinds import KINDS, MONEY_KIND_OF_UNIT, Kind
from lcopt.inputs.portfolio_limits import written_limits
from lcopt.inputs.quantities import tidy_text
from lcopt.inputs.scenario import Lifecycle, Limits, Ownership, Pack, Plant, Portfolio, Scenario
from lcopt.inputs.strategies import written_strategies
from lcopt.inputs.values import ALL, FORMAT_VERSION
from lcopt.inputs.words import LEVELIZED

Document = dict[str, Any]
INLINE = "inline"


def document_of(scenario: Scenario, catalog: Catalog) -> Document:
    """The document of a scenario; `catalog` tells the units of the prices, its replaced rows are no part of it."""
    search = scenario.search
    document: Document = {
        "lcopt": FORMAT_VERSION,
        "name": scenario.name,
        "finance": _block(scenario.finance, FINANCE, ("finance",), catalog),
        "packs": [_pack(pack, index, catalog) for index, pack in enumerate(scenario.packs)],
        "search": {
            "chemistries": list(search.chemistries) if search.chemistries_named else ALL,
            "formats": list(search.formats),
            "architectures": list(search.architectures),
            "coolings": list(search.coolings),
            "technology_classes": list(search.technology_classes),
            "heaters": list(search.heaters),
            **({} if search.platforms is None else {"platforms": list(search.platforms)}),
            **({} if search.platforms_max is None else {"platforms_max": str(search.platforms_max)}),
            **_block(search, SEARCH, ("search",), catalog),
            **_block(scenario.lifecycle, PLATFORM_COST, ("search",), catalog),
        },
        "plant": _plant(scenario.plant, catalog),
        "portfolio": _portfolio(scenario.portfolio, catalog),
        "prices": scenario.prices,
        **_block(scenario, PRICES_COMPARED, (), catalog),
        "price_overrides": _prices(scenario, catalog),
        "lifecycle": {
            **_end_of_life(scenario.lifecycle),
            **_block(scenario.lifecycle, LIFECYCLE, ("lifecycle",), catalog),
        },
        "ownership": _ownership(scenario.ownership, catalog),
        **{
            name: _block(block, table, (name,), catalog)
            for name, block, table in (("tax", scenario.tax, TAX), ("second_life", scenario.second_life, SECOND_LIFE))
            if block is not None
        },
    }
    return document


def _by_family(values: Mapping[str, float]) -> Document:
    return {family: tidy_text(value, KINDS["money per energy"]) for family, value in values.items()}


def _end_of_life(lifecycle: Lifecycle) -> Document:
    """The values of spent packs where no recycling route gives them."""
    if lifecycle.recycling_route != GIVEN_ROUTE:
        return {}
    return {"end_of_life_value": _by_family(lifecycle.end_of_life_value_usd_per_kwh)}


def _plant(plant: Plant, catalog: Catalog) -> Document:
    """The keys of the plant; the cost of capital only where it counts."""
    keys = {key: field for key, field in PLANT.items() if key != "wacc" or plant.costing == LEVELIZED}
    return {**_block(plant, keys, ("plant",), catalog), "royalty": _by_family(plant.royalty_usd_per_kwh)}


def _portfolio(portfolio: Portfolio, catalog: Catalog) -> Document:
    """The keys of the portfolio; lists, mappings and the risk of prices only where they hold anything."""
    costs = {name: tidy_text(musd, KINDS["money in millions"]) for name, musd in portfolio.platform_costs_musd.items()}
    more = {
        "limits": written_limits(portfolio.limits),
        "built": list(portfolio.built),
        "platform_costs": costs,
        "strategies": written_strategies(portfolio.strategies),
    }
    document = _block(portfolio, PORTFOLIO, ("portfolio",), catalog)
    document |= {key: value for key, value in more.items() if value}
    if portfolio.risk is not None:
        risk = {"tail": portfolio.risk.tail_frac, "aversion": portfolio.risk.aversion_frac}
        prices = {name: tidy_text(share, KINDS["share"]) for name, share in portfolio.risk.probability_frac.items()}
        document["risk"] = {"prices": prices, **{key: tidy_text(share, KINDS["share"]) for key, share in risk.items()}}
    if portfolio.buy:
        quotes = [_block(quote, BUY, ("portfolio", "buy"), catalog) for quote in portfolio.buy]
        document["buy"] = [{key: text for key, text in quote.items() if text} for quote in quotes]
    return document


def _ownership(ownership: Ownership, catalog: Catalog) -> Document:
    """The models and the keys that have an effect under one of them."""
    keys = {key: field for key, field in OWNERSHIP.items() if set(OWNERSHIP_USED_BY[key]) & set(ownership.models)}
    return {"model": list(ownership.models), **_block(ownership, keys, ("ownership",), catalog)}


def entries_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every value of a document with its dotted path; packs by name, lists as one text."""
    for key, value in document.items():
        if key == "packs":
            for pack in value:
                yield from _flat(f"packs.{pack['name']}", pack)
        else:
            yield from _flat(key, value)


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any value of a document
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{path}.{key}", item)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _flat(f"{path}.{number}", item)
    elif isinstance(value, list):
        yield path, f"[{', '.join(value)}]"
    else:
        yield path, value


def _block(source: object, table: Mapping[str, Field], path: tuple[str | int, ...], catalog: Catalog) -> Document:
    """The keys of one block whose attribute is set."""
    values = {key: getattr(source, field.attribute) for key, field in table.items()}
    return {key: _text(value, kind_at((*path, key), catalog)) for key, value in values.items() if value is not None}


def _text(value: Any, kind: Kind | None) -> Any:  # noqa: ANN401 - any attribute of a scenario
    if isinstance(value, tuple):
        return [tidy_text(item, KINDS["share"]) for item in value]
    return str(value) if kind is None else tidy_text(float(value), kind)


def _pack(pack: Pack, index: int, catalog: Catalog) -> Document:
    path = ("packs", index)
    usage = pack.usage
    profile = {} if usage.name == INLINE else {"profile": usage.name}
    mass = {"reference_pack_mass": tidy_text(usage.reference_pack_mass_kg, KINDS["mass"])}
    by_year = {str(year): tidy_text(number, KINDS["number per year"]) for year, number in pack.volume_by_year}
    return {
        **_block(pack, PACK, path, catalog),
        **({"volume": by_year} if by_year else {}),
        "usage": {**profile, **_block(usage, {**USAGE, **COLD_USE}, (*path, "usage"), catalog), **mass},
        "limits": _limits(pack.limits, (*path, "limits"), catalog),
    }


def _limits(limits: Limits, path: tuple[str | int, ...], catalog: Catalog) -> Document:
    """The limits that are set, in the order of the language."""
    single = {key: field for key, field in LIMITS.items() if key not in AT_TEMPERATURES}
    written = _block(limits, single, path, catalog)
    for key, kind in AT_TEMPERATURES.items():
        pairs = getattr(limits, LIMITS[key].attribute)
        written[key] = {temperature_key(deg_c): tidy_text(number, kind) for deg_c, number in pairs}
    return {key: written[key] for key in LIMITS if written.get(key)}


def _prices(scenario: Scenario, catalog: Catalog) -> Document:
    units = {row.keys["item"]: row.unit for row in catalog.table("prices").rows}
    written: Document = {}
    for item, price in scenario.price_overrides.items():
        kind = MONEY_KIND_OF_UNIT[units[item]]
        uncertain = scenario.price_distributions.get(item)
        written[item] = tidy_text(price, kind) if uncertain is None else _distribution(uncertain, kind)
    return written


def _distribution(uncertain: PriceDistribution, kind: Kind) -> Document:
    numbers = uncertain.parameters.items()
    texts = {
        name: repr(number) if name in SPREADS and name != "sd" else tidy_text(number, kind) for name, number in numbers
    }
    return {SHAPE: uncertain.shape, **texts}
