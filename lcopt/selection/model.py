"""The choice as a mixed-integer model to be read: one platform a pack, a fixed cost for each platform opened."""

from __future__ import annotations

from collections.abc import Sequence

import pyomo.environ as pyo

from lcopt.selection.pruning import Pairs
from lcopt.units import USD_PER_MUSD


def selection_model(
    pairs: Pairs,
    pack_names: Sequence[str],
    platform_fixed_cost_usd: float,
    platforms_max: int | None,
) -> pyo.ConcreteModel:
    """Build the model of the portfolio.

    Parameters
    ----------
    pairs : Pairs
        Pairs left after pruning; at least one for every pack.
    pack_names : sequence of str
    platform_fixed_cost_usd : float
        Tooling, research and validation of one cell platform.
    platforms_max : int or None
        Most platforms that may be opened.

    Returns
    -------
    pyomo.environ.ConcreteModel
        Sets `packs`, `platforms`, `pairs`; binaries `choose[pack, platform]`, `open[platform]`; cost in million USD.
    """
    model = pyo.ConcreteModel("portfolio")
    names = [f"p{platform}" for platform in pairs.platform]
    packs = [pack_names[pack] for pack in pairs.pack]
    cost_musd = {
        (pack, platform): cost / USD_PER_MUSD for pack, platform, cost in zip(packs, names, pairs.cost_usd, strict=True)
    }
    model.packs = pyo.Set(initialize=list(pack_names))
    model.platforms = pyo.Set(initialize=list(dict.fromkeys(names)))
    model.pairs = pyo.Set(initialize=list(cost_musd), dimen=2)
    model.choose = pyo.Var(model.pairs, domain=pyo.Binary)
    model.open = pyo.Var(model.platforms, domain=pyo.Binary)
    platforms_of: dict[str, list[str]] = {pack: [] for pack in pack_names}
    for pack, platform in cost_musd:
        platforms_of[pack].append(platform)

    model.lifecycle_cost_musd = pyo.Objective(
        expr=sum(cost * model.choose[pair] for pair, cost in cost_musd.items())
        + platform_fixed_cost_usd / USD_PER_MUSD * sum(model.open[platform] for platform in model.platforms),
        sense=pyo.minimize,
    )
    model.one_platform_a_pack = pyo.Constraint(
        model.packs, rule=lambda m, pack: sum(m.choose[pack, platform] for platform in platforms_of[pack]) == 1
    )
    model.only_open_platforms = pyo.Constraint(
        model.pairs, rule=lambda m, pack, platform: m.choose[pack, platform] <= m.open[platform]
    )
    if platforms_max is not None:
        model.platforms_max = pyo.Constraint(expr=sum(model.open[p] for p in model.platforms) <= platforms_max)
    return model
