"""What a choice makes of the limits of the fleet, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lcopt.inputs.portfolio_limits import SHARE
from lcopt.result_tables import BINDING_WITHIN_FRAC
from lcopt.selection.portfolio_rows import LimitState, value_text

COLUMNS = ("limit", "quantity", "value", "bound", "unit", "sense", "met", "binding", "must_hold", "words")


def fleet_limits_table(states: Sequence[LimitState]) -> pd.DataFrame:
    """A row a limit of the fleet: value and bound in its unit, whether it is met and binding; `words` for people.

    A limit that need not hold may be missed at its price; the cost has a line for that.
    """
    rows = [_row(state) for state in states]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(state: LimitState) -> dict[str, object]:
    limit, value = state.limit, state.value
    margin = (limit.bound - value) * (1 if limit.is_max else -1)
    near = BINDING_WITHIN_FRAC * max(abs(limit.bound), abs(value))
    return {
        "limit": limit.label,
        "quantity": limit.quantity,
        "value": value,
        "bound": limit.bound,
        "unit": "1" if limit.basis == SHARE else limit.unit,
        "sense": "<=" if limit.is_max else ">=",
        "met": margin >= -near,
        "binding": abs(margin) <= near,
        "must_hold": not limit.is_soft,
        "words": value_text(limit, value),
    }
