"""Fixtures of the pack tests."""

from __future__ import annotations

import pandas as pd
import pytest
from made_designs import REFERENCE, Maker


@pytest.fixture(scope="session")
def maker(catalog) -> Maker:
    return Maker(catalog)


@pytest.fixture(scope="session")
def reference() -> pd.DataFrame:
    return pd.read_csv(REFERENCE)
