"""What each cell platform costs once: tooling, development and validation, nothing more for one that is built."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.selection.engineering import Engineering
from lcopt.selection.quotes import is_made
from lcopt.selection.space import Platforms
from lcopt.selection.tasks import platform_fixed_cost_usd
from lcopt.units import USD_PER_MUSD


def fixed_costs_usd(platforms: Platforms, engineering: Engineering) -> FloatArray:
    """Fixed cost of each cell design, none for cells that are bought, shape (n_platforms,) [USD]."""
    portfolio = engineering.scenario.portfolio
    usual_usd = platform_fixed_cost_usd(engineering.scenario)
    own = {name: musd * USD_PER_MUSD for name, musd in portfolio.platform_costs_musd.items()}
    own |= dict.fromkeys(portfolio.built, 0.0)
    fixed = np.full(len(platforms), usual_usd)
    if own:
        fixed = np.array([own.get(name, usual_usd) for name in engineering.given.names_of(platforms)], dtype=np.float64)
    return np.where(is_made(platforms), fixed, 0.0)
