"""Fixtures of the cell tests."""

from __future__ import annotations

import pytest
from made_designs import Maker


@pytest.fixture(scope="session")
def maker(catalog) -> Maker:
    return Maker(catalog)
