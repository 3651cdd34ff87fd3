"""WHAT A CELL IS: electrodes, impedance, sizing and formats."""
