"""HOW FAR THE MODEL IS FROM REFERENCE DATA."""

from lcopt.validation.comparison import Validation, validate

__all__ = ["Validation", "validate"]
