"""Named sets of modeling choices: the reference workbook as it is, and lcopt's corrections of it one by one.

The labels Q1.. are the oddities of BatPaC 5.1 as numbered in the README's table of corrections; F1 is the nameplate
factor. A switch that is False does what the workbook does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields


def _correction(label: str, text: str) -> bool:
    return field(metadata={"label": label, "text": text})  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Conventions:
    """One named set of modeling choices; every switch is one correction of the reference."""

    name: str
    charging_uses_cell_capacity: bool = _correction(
        "Q1", "the charging regression uses the capacity of a cell; the workbook divides by the number of module rows"
    )
    limiting_current_bounds_thickness: bool = _correction(
        "Q2", "the ionic limiting current bounds the thickness; the workbook enlarges the area alone"
    )
    plus_costs_fall_with_volume: bool = _correction(
        "Q3", "the plus-costs of pack parts fall with volume; in the workbook they rise"
    )
    solvent_recovery_credited: bool = _correction(
        "Q4", "recovered binder solvent is not bought again; the workbook charges all that evaporates"
    )
    pulse_interpolates_table: bool = _correction(
        "Q5", "the pulse impedance passes through the tables at 2 s and 10 s; the workbook's weights miss both"
    )
    controller_boards_counted_once: bool = _correction(
        "Q6", "mass and volume of the controller board count once; the workbook multiplies by the main contactors"
    )
    energy_limit_at_c3_power: bool = _correction(
        "Q9", "the energy limit uses the C/3 power and a voltage fraction; the workbook uses rated power and an SOC"
    )
    bus_bars_follow_effective_charging: bool = _correction(
        "Q11", "bus bars are sized for fast charging only where the vehicle allows it"
    )
    charging_at_charging_temperature: bool = _correction(
        "Q14", "the charging limit does not move with the discharge temperature"
    )
    heat_per_pack: bool = _correction("Q16", "the heat of several packs is that of each pack at its share of the power")
    steel_plate_priced: bool = _correction(
        "Q19", "the steel plate of the jacket has a price; in the workbook only a mass"
    )
    interconnect_length_in_cm: bool = _correction(
        "Q23", "the extra interconnect length of three or four parallel cells has its factor 100"
    )
    unreachable_charging_time_flagged: bool = _correction(
        "Q25", "a charging time that needs less than the thinnest coating is a problem of the design"
    )
    nameplate_factor_applied: bool = _correction(
        "F1", "the coating delivers the nameplate share of its half-cell capacity (LFP 0.90, ternary 0.95)"
    )


def _all_switches(value: bool) -> dict[str, bool]:
    return {item.name: value for item in fields(Conventions) if "label" in item.metadata}


BATPAC_51 = Conventions(name="batpac-5.1", **_all_switches(False))
LCOPT = Conventions(name="lcopt", **_all_switches(True))
CONVENTIONS: dict[str, Conventions] = {BATPAC_51.name: BATPAC_51, LCOPT.name: LCOPT}


def correction_labels() -> dict[str, tuple[str, str]]:
    """Switch name -> (label, text) of every correction, in the order of the labels."""
    return {item.name: (item.metadata["label"], item.metadata["text"]) for item in fields(Conventions) if item.metadata}
