"""One small scenario, explored and analyzed once: two chemistries, one format, one technology class."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from made_unsure import SMALL

from lcopt.inputs.reader import read_scenario
from lcopt.uncertainty.decided import decide


@pytest.fixture(scope="session")
def make():
    """A scenario from the small one with blocks replaced."""

    def made(**blocks: Any):
        return read_scenario({**copy.deepcopy(SMALL), **blocks})

    return made


@pytest.fixture(scope="session")
def scenario(make):
    return make()


@pytest.fixture(scope="session")
def decided(scenario):
    return decide(scenario)


@pytest.fixture(scope="session")
def found(scenario):
    pytest.importorskip("SALib")
    from lcopt.uncertainty.study import sensitivity

    return sensitivity(scenario)
