"""Constants of the cell kernels: frozen sets of numbers, filled from the table `cell_constants`."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.inputs.catalog import Catalog

CELL_TABLE = "cell_constants"


@dataclass(frozen=True)
class ImpedanceConstants:
    """Constants of the impedance model (table `cell_constants`, group impedance)."""

    activation_gas_constant_j_per_mol_k: float
    activation_reference_temperature_k: float
    activation_zero_celsius_k: float
    gas_constant_j_per_mol_k: float
    interfacial_temperature_k: float
    faraday_constant_c_per_mol: float
    negative_reference_capacity_ratio: float
    pulse_interfacial_weight_coefficient: float
    pulse_diffusion_weight_coefficient: float
    pulse_short_s: float
    pulse_long_s: float
    energy_asi_factor: float
    energy_c_rate_per_h: float


@dataclass(frozen=True)
class MaterialConstants:
    """Metals of foils, terminals and conductors (group materials)."""

    copper_density_g_per_cm3: float
    aluminum_density_g_per_cm3: float
    steel_density_g_per_cm3: float
    copper_heat_capacity_j_per_g_k: float
    copper_conductivity_s_per_m: float
    aluminum_conductivity_s_per_m: float


@dataclass(frozen=True)
class PouchConstants:
    """Stacked pouch cell with a tab at each end (group pouch)."""

    laminate_polyester_thickness_um: float
    laminate_aluminum_thickness_um: float
    laminate_polypropylene_thickness_um: float
    polyester_density_g_per_cm3: float
    polypropylene_density_g_per_cm3: float
    seal_width_mm: float
    fold_width_mm: float
    aspect_ratio: float
    packing_frac: float
    electrode_excess_mm: float
    separator_width_excess_mm: float
    separator_length_excess_mm: float
    collector_tab_factor: float
    internal_tab_offset_factor: float
    internal_tab_buffer_mm: float
    internal_tab_narrowing_mm: float
    negative_collector_tab_shortening_mm: float
    feedthrough_narrow_mm: float
    feedthrough_wide_mm: float
    feedthrough_wide_from_mm: float
    feedthrough_length_mm: float
    weld_tab_length_mm: float
    terminal_conduction_factor: float
    aluminum_terminal_thickness_mm: float
    copper_terminal_thickness_mm: float
    free_electrolyte_frac: float
    container_end_seal_mm: float
    current_path_factor: float


@dataclass(frozen=True)
class ModuleBoxConstants:
    """Room around the cells of a module (group module_box)."""

    terminal_gap_back_mm: float
    terminal_gap_front_mm: float
    wall_thickness_mm: float


@dataclass(frozen=True)
class ConductorConstants:
    """Conductors between the cells and the terminals of the pack (group conductors)."""

    interconnect_thickness_mm: float
    interconnect_excess_mm: float
    tab_excess_mm: float
    tab_heating_c_per_s: float
    tabs_per_module_count: float
    three_parallel_tab_coefficient: float
    four_parallel_tab_coefficient: float
    module_terminal_heating_c_per_s: float
    module_terminal_length_cm: float
    module_terminals_count: float
    module_interconnect_heating_c_per_s: float
    module_interconnect_length_cm: float
    bus_bar_heating_fast_c_per_s: float
    bus_bar_heating_slow_c_per_s: float
    bus_bar_end_length_cm: float
    row_bridge_length_cm: float
    row_bridge_modules_count: float
    pack_terminal_length_cm: float
    pack_terminals_count: float


@dataclass(frozen=True)
class LimitConstants:
    """What limits the thickness of the positive coating (group limits)."""

    ocv_fraction_at_rated_power_frac: float
    limiting_current_margin_factor: float
    ocv_discriminant_floor_coefficient: float
    charging_temperature_max_deg_c: float
    charging_temperature_deg_c: float
    charging_reference_ohm_cm2: float
    charging_asi_exponent: float
    charging_alpha_1_coefficient: float
    charging_alpha_2_coefficient: float
    charging_alpha_3_coefficient: float
    charging_alpha_4_coefficient: float
    charging_beta_1_coefficient: float
    charging_beta_2_coefficient: float
    charging_beta_3_coefficient: float
    charging_beta_4_coefficient: float


@dataclass(frozen=True)
class CellConstants:
    """All constants of the floor `cell`."""

    materials: MaterialConstants
    pouch: PouchConstants
    impedance: ImpedanceConstants
    module_box: ModuleBoxConstants
    conductors: ConductorConstants
    limits: LimitConstants


def read_cell_constants(catalog: Catalog) -> CellConstants:
    """The constants of the cell kernels from the catalog.

    Raises
    ------
    CatalogError
        Where a row is missing, unknown or has a wrong unit.
    """
    return CellConstants(
        materials=catalog.constants(MaterialConstants, CELL_TABLE, group="materials"),
        pouch=catalog.constants(PouchConstants, CELL_TABLE, group="pouch"),
        impedance=catalog.constants(ImpedanceConstants, CELL_TABLE, group="impedance"),
        module_box=catalog.constants(ModuleBoxConstants, CELL_TABLE, group="module_box"),
        conductors=catalog.constants(ConductorConstants, CELL_TABLE, group="conductors"),
        limits=catalog.constants(LimitConstants, CELL_TABLE, group="limits"),
    )
