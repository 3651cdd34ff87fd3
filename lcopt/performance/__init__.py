"""WHAT IT CAN DO: charging, power, aging and the limits on them."""
