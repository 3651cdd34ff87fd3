"""Fixtures that many tests share."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

from lcopt.inputs.catalog import Catalog, read_catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The packaged catalog, money as each row states."""
    return read_catalog()
