"""A checked document in which nothing is left to a default becomes a `Scenario`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lcopt.inputs.at_temperatures import AT_TEMPERATURES, pairs_of
from lcopt.inputs.block import Block
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.catalog_tables import CARBON
from lcopt.inputs.distributions import PriceDistribution, read_distribution
from lcopt.inputs.document import (
    FinanceBlock,
    OwnershipBlock,
    PackBlock,
    ScenarioDocument,
    SearchBlock,
    SecondLifeBlock,
)
from lcopt.inputs.fields import (
    BUY,
    COLD_USE,
    FINANCE,
    LIFECYCLE,
    LIMITS,
    OWNERSHIP,
    PACK,
    PLANT,
    PLATFORM_COST,
    PORTFOLIO,
    RISK,
    SEARCH,
    SECOND_LIFE,
    TAX,
    USAGE,
    Field,
    reader_of,
)
from lcopt.inputs.kinds import MONEY_KIND_OF_UNIT
from lcopt.inputs.money import MoneyBasis, money_basis
from lcopt.inputs.platforms import given_platforms
from lcopt.inputs.portfolio_blocks import PortfolioBlock
from lcopt.inputs.portfolio_limits import fleet_limits
from lcopt.inputs.price_overrides import read_price_overrides
from lcopt.inputs.readiness import chemistries_in_all
from lcopt.inputs.scenario import (
    CellQuote,
    Finance,
    Lifecycle,
    Limits,
    Ownership,
    Pack,
    Plant,
    Portfolio,
    Risk,
    Scenario,
    Search,
    SecondLife,
    Tax,
    Usage,
)
from lcopt.inputs.strategies import Allowed, Strategy
from lcopt.inputs.values import ALL
from lcopt.inputs.volumes import volume_by_year
from lcopt.inputs.words import (
    ARCHITECTURES,
    COOLINGS,
    FORMATS_IN_ALL,
    HEATERS,
    OWNERSHIP_MODELS,
    POUCH,
    TECHNOLOGY_CLASSES,
)
from lcopt.inputs.writing import INLINE


def resolve(document: ScenarioDocument, catalog: Catalog, path: str, question: str) -> Scenario:
    """The scenario of a complete document; `catalog` has the money of its price year."""
    prices, distributions = _prices(document.price_overrides, catalog)
    return Scenario(
        name=document.name,
        question=question,
        path=path,
        finance=_finance(document.finance, catalog),
        packs=tuple(_pack(pack) for pack in document.packs),
        search=_search(document.search, catalog),
        plant=Plant(**_values("plant", document.plant, PLANT), royalty_usd_per_kwh=document.plant.royalty or {}),
        portfolio=_portfolio(document.portfolio, catalog),
        prices=str(document.prices),
        price_overrides=prices,
        price_distributions=distributions,
        prices_compared=document.prices_compared,
        lifecycle=_lifecycle(document, catalog),
        ownership=_ownership(document.ownership),
        tax=None if document.tax is None else Tax(**_values("tax", document.tax, TAX)),
        second_life=_second_life(document.second_life),
        replaced_rows=catalog.replaced_rows,
    )


def _finance(block: FinanceBlock, catalog: Catalog) -> Finance:
    rate = MoneyBasis.of(catalog, block.price_year).usd_factor(block.currency)
    return Finance(**_values("finance", block, FINANCE), usd_per_currency=rate)


def _values(name: str, block: Block, table: Mapping[str, Field]) -> dict[str, Any]:
    """The attributes that the keys of one block fill."""
    return {field.attribute: _value(name, key, getattr(block, key)) for key, field in table.items()}


def _value(name: str, key: str, value: Any) -> Any:  # noqa: ANN401 - any value of a block
    if key in AT_TEMPERATURES:
        return pairs_of(value)
    reader = reader_of(name, key)
    return round(value) if reader is not None and reader.whole and value is not None else value


def _pack(block: PackBlock) -> Pack:
    usage = Usage(
        **_values("usage", block.usage, {**USAGE, **COLD_USE}),
        name=block.usage.profile or INLINE,
        reference_pack_mass_kg=float(block.usage.reference_pack_mass or 0.0),
    )
    values = _values("packs", block, PACK)
    values[PACK["volume"].attribute] = sum(block.volume.values()) / len(block.volume)
    limits = Limits(**_values("limits", block.limits, LIMITS))
    return Pack(**values, volume_by_year=volume_by_year(block.volume), usage=usage, limits=limits)


def _search(block: SearchBlock, catalog: Catalog) -> Search:
    values = _values("search", block, SEARCH)
    named = block.chemistries != (ALL,)
    chemistries = block.chemistries
    if not named:
        chemistries = chemistries_in_all(catalog, values["production_start_year"], values["readiness_min"])
    formats = _all_or(block.formats, FORMATS_IN_ALL)
    classes = _all_or(block.technology_classes, TECHNOLOGY_CLASSES)
    if block.platforms is not None:
        given = [platform for name, platform in given_platforms(catalog).items() if name in block.platforms]
        chemistries = tuple(dict.fromkeys(platform.chemistry for platform in given))
        classes = tuple(name for name in classes if name in {platform.technology_class for platform in given})
        formats = (POUCH,)  # a given cell design is one
    return Search(
        chemistries=chemistries,
        chemistries_named=named or block.platforms is not None,
        formats=formats,
        architectures=_all_or(block.architectures, ARCHITECTURES),
        coolings=_all_or(block.coolings, COOLINGS),
        technology_classes=classes,
        heaters=_all_or(block.heaters, HEATERS),
        platforms=block.platforms,
        platforms_max=block.platforms_max,
        **values,
    )


def _portfolio(block: PortfolioBlock, catalog: Catalog) -> Portfolio:
    risk = None if block.risk is None else Risk(**_values("risk", block.risk, RISK))
    quotes = tuple(
        CellQuote(**_values("buy", quote, BUY) | {"supplier": quote.supplier or ""}) for quote in block.buy or ()
    )
    return Portfolio(
        **_values("portfolio", block, PORTFOLIO),
        limits=fleet_limits(block.limits or (), money_basis(catalog, catalog.price_year)),
        built=block.built or (),
        platform_costs_musd=block.platform_costs or {},
        risk=risk,
        buy=quotes,
        strategies=_strategies(block),
    )


def _strategies(block: PortfolioBlock) -> tuple[Strategy, ...]:
    return tuple(
        Strategy(
            name=name,
            any_of=tuple(
                Allowed(chemistries=_all_or(item.chemistries, ()), formats=_all_or(item.formats, ()))
                for item in strategy.any_of
            ),
            platforms_max=strategy.platforms_max,
        )
        for name, strategy in (block.strategies or {}).items()
    )


def _ownership(block: OwnershipBlock) -> Ownership:
    models = _all_or(block.model or (), OWNERSHIP_MODELS)
    return Ownership(models=models, **_values("ownership", block, OWNERSHIP))


def _second_life(block: SecondLifeBlock | None) -> SecondLife | None:
    return None if block is None else SecondLife(**_values("second_life", block, SECOND_LIFE))


def _all_or(names: tuple[str, ...], every: tuple[str, ...]) -> tuple[str, ...]:
    """The names that a list of a search means."""
    return every if names == (ALL,) else names


def _prices(given: Mapping[str, Any], catalog: Catalog) -> tuple[dict[str, float], dict[str, PriceDistribution]]:
    """The price of every overridden item, the central one where it is uncertain, and the distributions."""
    units = {row.keys["item"]: row.unit for row in catalog.table("prices").rows}
    money = money_basis(catalog, catalog.price_year)
    uncertain = {
        item: read_distribution(value, MONEY_KIND_OF_UNIT[units[item]], money)
        for item, value in given.items()
        if isinstance(value, Mapping)
    }
    single = read_price_overrides({item: value for item, value in given.items() if item not in uncertain}, catalog)
    central = {item: distribution.central for item, distribution in uncertain.items()}
    return {item: {**single, **central}[item] for item in given}, uncertain


def _lifecycle(document: ScenarioDocument, catalog: Catalog) -> Lifecycle:
    return Lifecycle(
        end_of_life_value_usd_per_kwh=document.lifecycle.end_of_life_value or {},
        carbon_making_kg_per_kwh=_carbon_making(catalog),
        **_values("lifecycle", document.lifecycle, LIFECYCLE),
        **_values("search", document.search, PLATFORM_COST),
    )


def _carbon_making(catalog: Catalog) -> dict[str, float]:
    """Carbon of making by family; a family has one value: that of its first chemistry, or the last that is replaced."""
    table = catalog.table("chemistry_families")
    family_of = {row.keys["chemistry"]: row.text for row in table.select(name="family")}
    by_family: dict[str, float] = {}
    for row in table.select(name=CARBON):
        by_family.setdefault(family_of[row.keys["chemistry"]], row.number("kg/kWh"))
    for replaced in catalog.replaced_rows:
        if replaced.table == table.name and replaced.keys["name"] == CARBON and replaced.replaces:
            row = table.row_of[replaced.identity]
            by_family[family_of[row.keys["chemistry"]]] = row.number("kg/kWh")
    return by_family
