"""Options whose value may be left out: `lcopt validate --real` takes the packaged table, `--real my.csv` another."""

from __future__ import annotations

from collections.abc import Sequence

OPTIONAL_VALUES = frozenset({"--designs", "--real", "--charging", "--charging-thermal", "--aging", "--prices"})
COMMAND = "validate"


def with_empty_values(words: Sequence[str]) -> list[str]:
    """The words of a command line with an empty value where one of these options has none."""
    if not words or words[0] != COMMAND:
        return list(words)
    completed: list[str] = []
    for word, following in zip(words, [*words[1:], None], strict=True):
        completed.append(word)
        if word in OPTIONAL_VALUES and (following is None or following.startswith("-")):
            completed.append("")
    return completed
