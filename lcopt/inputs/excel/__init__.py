"""Excel as an input: the form of a scenario, and a report read back."""
