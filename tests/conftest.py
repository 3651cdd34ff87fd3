"""Fixtures that many tests share."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from lcopt.inputs.catalog import Catalog, packaged_catalog

# A run of CI repeats the last one; at home hypothesis goes on searching.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "searching")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The packaged catalog, money as each row states."""
    return packaged_catalog()
