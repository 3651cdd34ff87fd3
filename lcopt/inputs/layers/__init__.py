"""Scenarios that build on each other: files, variants, changes of inherited values, sweeps."""
