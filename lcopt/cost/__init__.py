"""WHAT IT COSTS: materials, manufacturing and the whole life."""
