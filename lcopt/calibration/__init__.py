"""WHAT OWN MEASUREMENTS SAY: a user's test data recalibrate charging and aging, as rows over those of the catalog."""

from lcopt.calibration.aging_fit import calibrate_aging
from lcopt.calibration.charging_fit import calibrate_charging
from lcopt.calibration.outcome import Calibration
from lcopt.calibration.override import write_override

__all__ = ["Calibration", "calibrate_aging", "calibrate_charging", "write_override"]
