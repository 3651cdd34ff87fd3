"""Battery management: parts, their prices at the maker's volume, mass and volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.duty import Duty, Layout
from lcopt.conventions import Conventions
from lcopt.inputs.catalog import Catalog
from lcopt.units import G_PER_KG

ELECTRONICS_TABLE = "electronics"
CONTACTOR_CONTROL = "Contactor control"
MAIN_CONTACTOR = "Contactor - main"
AUXILIARY_CONTACTOR = "Contactor - Aux"
CHARGER_FUSE = "Charger fuse"
# Up to this many more than there are designs, whole numbers are faster listed than sorted.
COUNTS_LISTED = 1000
LEFT_OUT_OF_SMALL_PACKS = (MAIN_CONTACTOR, "Precharge Contactor", "Current sensor")


@dataclass(frozen=True)
class Part:
    """One kind of part of the controller."""

    price_usd_per_unit: float
    volume_basis_per_yr: float
    volume_exponent: float
    fixed_count: float
    per_asic_count: float
    asic_offset_count: float


@dataclass(frozen=True)
class DisconnectPart:
    """One kind of part of the disconnect unit."""

    price_usd_per_unit: float
    volume_basis_per_yr: float
    volume_exponent: float
    fixed_count: float
    per_asic_count: float
    asic_offset_count: float
    volume_l: float
    mass_g: float


@dataclass(frozen=True)
class ElectronicsRules:
    """Counts, prices over current, masses and volumes of the electronics (group rules)."""

    cells_per_asic_count: float
    small_pack_below_v: float
    two_contactors_from_v: float
    contactor_low_usd: float
    contactor_low_a: float
    contactor_high_usd: float
    contactor_high_a: float
    interface_low_usd: float
    interface_low_a: float
    interface_high_usd: float
    interface_high_a: float
    sense_fuse_usd: float
    sense_fuse_volume_basis_per_yr: float
    sense_fuse_volume_exponent: float
    temperature_sensor_usd: float
    temperature_sensor_volume_basis_per_yr: float
    temperature_sensor_volume_exponent: float
    temperature_sensors_per_module_count: float
    temperature_sensors_of_pack_count: float
    sense_board_usd: float
    controller_board_kg: float
    controller_asic_kg: float
    controller_board_l: float
    controller_asic_l: float
    controller_factor: float
    housing_factor: float


@dataclass(frozen=True)
class ElectronicsConstants:
    """Parts by name and the rules that count them."""

    controller: dict[str, Part]
    disconnect: dict[str, DisconnectPart]
    rules: ElectronicsRules


def read_electronics(catalog: Catalog) -> ElectronicsConstants:
    """The electronics of the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    table = catalog.table(ELECTRONICS_TABLE)

    def names(group: str) -> list[str]:
        return list(dict.fromkeys(row.keys["part"] for row in table.select(group=group)))

    return ElectronicsConstants(
        controller={
            name: catalog.constants(Part, ELECTRONICS_TABLE, group="controller", part=name)
            for name in names("controller")
        },
        disconnect={
            name: catalog.constants(DisconnectPart, ELECTRONICS_TABLE, group="disconnect", part=name)
            for name in names("disconnect")
        },
        rules=catalog.constants(ElectronicsRules, ELECTRONICS_TABLE, group="rules"),
    )


@dataclass(frozen=True)
class Electronics:
    """The battery management of packs; arrays of shape (n,)."""

    bms_asic_count: FloatArray
    bms_bmu_cost_usd: FloatArray
    bms_bdu_cost_usd: FloatArray
    bms_interfaces_cost_usd: FloatArray
    bms_module_electronics_cost_usd: FloatArray
    bms_cost_usd: FloatArray
    bms_mass_kg: FloatArray
    bms_volume_l: FloatArray


def design_electronics(
    layout: Layout,
    duty: Duty,
    system_ocv_v: FloatArray,
    module_current_a: FloatArray,
    constants: ElectronicsConstants,
    conventions: Conventions,
) -> Electronics:
    """Parts of the battery management with their price at the yearly number of packs.

    Parameters
    ----------
    layout, duty
        An element a design; of the duty the packs per year and the vehicle's switches count.
    system_ocv_v : ndarray, shape (n,)
        Average open-circuit voltage of all packs together. [V]
    module_current_a : ndarray, shape (n,)
        Current of a module at rated power. [A]
    constants, conventions
        Of the catalog; the switch Q6 counts the controller board once.

    Returns
    -------
    Electronics
        Arrays of shape (n,).

    References
    ----------
    batpac_5_1, BMS!G20:G151.
    """
    rules = constants.rules
    small = (layout.modules_per_pack_count == 1) | (system_ocv_v < rules.small_pack_below_v)
    contactors = np.where(system_ocv_v < rules.two_contactors_from_v, 1.0, 2.0)
    main = np.where(small, 0.0, contactors)
    asic = np.ceil(layout.cells_in_series_count / rules.cells_per_asic_count)
    per_year = duty.packs_per_year_count
    bmu_usd = _controller_usd(asic, small, per_year, constants)
    bdu_usd, bdu_kg, bdu_l = _disconnect(duty, main, small, module_current_a, constants)
    over_a = (module_current_a - rules.interface_low_a) / (rules.interface_high_a - rules.interface_low_a)
    interface_usd = rules.interface_low_usd + over_a * (rules.interface_high_usd - rules.interface_low_usd)
    interface_usd = np.where(small, 0.0, interface_usd)
    sensing_usd = _module_electronics_usd(layout, per_year, rules)
    boards = 1.0 if conventions.controller_boards_counted_once else main
    bmu_kg = boards * rules.controller_board_kg + asic * rules.controller_asic_kg
    bmu_l = boards * rules.controller_board_l + asic * rules.controller_asic_l
    return Electronics(
        bms_asic_count=asic,
        bms_bmu_cost_usd=bmu_usd,
        bms_bdu_cost_usd=bdu_usd,
        bms_interfaces_cost_usd=interface_usd,
        bms_module_electronics_cost_usd=sensing_usd,
        bms_cost_usd=bmu_usd + bdu_usd + interface_usd + sensing_usd,
        bms_mass_kg=rules.housing_factor * (rules.controller_factor * bmu_kg + bdu_kg),
        bms_volume_l=rules.housing_factor * (rules.controller_factor * bmu_l + bdu_l),
    )


def _controller_usd(
    asic: FloatArray, small: BoolArray, per_year: FloatArray, constants: ElectronicsConstants
) -> FloatArray:
    """Price of the controller: the parts follow from the few different numbers of ASICs, so these are priced once."""
    counts, place = _different(asic)
    total = np.zeros(len(asic))
    exponents = sorted({part.volume_exponent for part in constants.controller.values()})
    for exponent in exponents:
        basket = np.zeros(len(counts))
        for name, part in constants.controller.items():
            if part.volume_exponent == exponent and name != CONTACTOR_CONTROL:
                number = part.fixed_count + np.ceil(counts * part.per_asic_count - part.asic_offset_count)
                basket += _at_unit_volume_usd(part, number)
        total += basket[place] * _volume_factor(per_year, exponent)
    control = constants.controller[CONTACTOR_CONTROL]
    control_usd = _at_unit_volume_usd(control, np.array(control.fixed_count))
    control_usd = control_usd * _volume_factor(per_year, control.volume_exponent)
    return total + np.where(small, 0.0, control_usd)


def _different(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """The different whole numbers and the place of every value among them; NaN has a place of its own."""
    most = np.nanmax(values, initial=0.0)
    if not most < len(values) + COUNTS_LISTED:
        return np.unique(values, return_inverse=True)
    place = np.where(np.isnan(values), most + 1, values).astype(np.int64)
    counts = np.arange(most + 2)
    counts[-1] = np.nan
    return counts, place


def _at_unit_volume_usd(part: Part | DisconnectPart, number: FloatArray) -> FloatArray:
    """Price of a number of parts were one pack made a year."""
    saved = 1 - part.volume_exponent
    return np.asarray(part.price_usd_per_unit * number * (part.volume_basis_per_yr / number) ** saved, dtype=np.float64)


def _volume_factor(per_year: FloatArray, exponent: float) -> FloatArray | float:
    return per_year ** (exponent - 1) if exponent != 1 else 1.0


def _disconnect(
    duty: Duty, main: FloatArray, small: BoolArray, current_a: FloatArray, constants: ElectronicsConstants
) -> tuple[FloatArray, FloatArray, FloatArray]:
    rules = constants.rules
    over_a = (current_a - rules.contactor_low_a) / (rules.contactor_high_a - rules.contactor_low_a)
    contactor_usd = rules.contactor_low_usd + over_a * (rules.contactor_high_usd - rules.contactor_low_usd)
    usd, kg, liters = (np.zeros(len(main)) for _ in range(3))
    factors: dict[float, FloatArray | float] = {}
    for name, part in constants.disconnect.items():
        exponent = part.volume_exponent
        if exponent not in factors:
            factors[exponent] = _volume_factor(duty.packs_per_year_count, exponent)
        number = np.where(_present(name, duty, small), part.fixed_count, 0.0)
        if name == MAIN_CONTACTOR:
            number = main
            # The table's price holds at one current only; the rule over current takes its place.
            unit = (part.volume_basis_per_yr / np.fmax(main, 1)) ** (1 - exponent) * contactor_usd
        else:
            unit = _at_unit_volume_usd(part, np.array(part.fixed_count)) / part.fixed_count
        usd += number * unit * factors[exponent]
        kg += number * (part.mass_g / G_PER_KG)
        liters += number * part.volume_l
    return usd, kg, liters


def _present(name: str, duty: Duty, small: BoolArray) -> BoolArray:
    if name in LEFT_OUT_OF_SMALL_PACKS:
        return ~small
    if name == AUXILIARY_CONTACTOR:
        return duty.vehicle.has_auxiliary_contactors
    if name == CHARGER_FUSE:
        return duty.vehicle.has_charger_fuse
    return np.ones_like(small)


def _module_electronics_usd(layout: Layout, per_year: FloatArray, rules: ElectronicsRules) -> FloatArray:
    modules = layout.modules_per_pack_count
    fuses = np.ceil((layout.cells_per_module_count / layout.cells_in_parallel_count + 1) * modules)
    sensors = rules.temperature_sensors_per_module_count * modules + rules.temperature_sensors_of_pack_count
    fuse_saved, sensor_saved = 1 - rules.sense_fuse_volume_exponent, 1 - rules.temperature_sensor_volume_exponent
    fuses_usd = rules.sense_fuse_usd * fuses * (rules.sense_fuse_volume_basis_per_yr / (fuses * per_year)) ** fuse_saved
    basis = rules.temperature_sensor_volume_basis_per_yr
    sensors_usd = rules.temperature_sensor_usd * sensors * (basis / (sensors * per_year)) ** sensor_saved
    return np.asarray(fuses_usd + sensors_usd + rules.sense_board_usd * modules, dtype=np.float64)
