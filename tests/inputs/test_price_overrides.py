"""Prices that a caller replaces are read whole, or refused all at once."""

from __future__ import annotations

import numpy as np
import pytest

from lcopt.errors import ScenarioError
from lcopt.inputs.price_overrides import read_price_overrides


def test_text_and_numbers_are_the_same_price(catalog):
    for price in ("5.2 USD/kg", 5.2, np.float64(5.2), "5200 USD/t"):
        assert read_price_overrides({"lfp_cathode": price}, catalog) == {"lfp_cathode": pytest.approx(5.2)}


@pytest.mark.parametrize(
    ("item", "price", "says"),
    [
        ("lfp_cathode", None, "'None' is not a price; expected text with its unit or a number; write for example"),
        ("lfp_cathode", True, "'True' is not a price"),
        ("lfp_cathode", [5.2], "is not a price"),
        ("lfp_cathode", -1, "-1 is not a price; expected a number above 0"),
        ("lfp_cathode", "0 USD/kg", "0 USD/kg is not a price; expected a number above 0"),
        ("lfp_cathode", float("nan"), "nan is not a price"),
        ("lfp_cathode", "5.2", "has no unit"),
        ("lfp", 5.2, "no such price item; did you mean 'lfp_cathode'?"),
        (1, 5.2, "no such price item; one of"),
    ],
)
def test_what_is_no_price_is_told_with_a_remedy(catalog, item, price, says):
    with pytest.raises(ScenarioError) as caught:
        read_price_overrides({item: price}, catalog)
    assert says in str(caught.value)
