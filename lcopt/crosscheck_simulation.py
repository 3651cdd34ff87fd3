"""One fast charge in PyBaMM: a single-particle model with electrolyte, held at its plating limit.

The current follows dI/dt = -(Q/time) min(gain anode potential, gain (upper voltage - voltage), (I + cap)/Q): it is
the largest that neither plates lithium nor passes the upper voltage nor the cap at any instant, an ideal multi-stage
charge.
A technology class that charges so many times as fast has exchange currents, diffusivities and conductivities so many
times as large: all its resistances are that much smaller.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from lcopt.errors import LcoptError
from lcopt.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, UM_PER_CM, ZERO_CELSIUS_K

M_PER_UM = 1e-6
MAH_PER_CM2_AH_PER_M2 = 10.0
ELECTRODES = ("Negative electrode", "Positive electrode")
FOILS = ("Negative current collector", "Positive current collector")
LAYERS = (*FOILS, *ELECTRODES, "Separator")
SOLID = tuple(f"{side} particle diffusivity [m2.s-1]" for side in ("Negative", "Positive"))
ELECTROLYTE = ("Electrolyte diffusivity [m2.s-1]", "Electrolyte conductivity [S.m-1]")
RATES = (
    *SOLID,
    *ELECTROLYTE,
    *(f"{side} exchange-current density [A.m-2]" for side in ELECTRODES),
    *(f"{side} conductivity [S.m-1]" for side in ELECTRODES),
)
ANODE = "Negative electrode surface potential difference at separator interface [V]"
TEMPERATURE = "Volume-averaged cell temperature [K]"


@dataclass(frozen=True)
class CrosscheckConstants:
    """Controller and limits of the simulated charges (crosscheck_constants.csv)."""

    controller_gain_per_v: float
    controller_time_s: float
    start_rate_per_h: float
    longest_charge_h: float
    foil_thickness_um: float
    ceiling_outlook_s: float
    ceiling_span_k: float
    held_temperature_deg_c: float


@dataclass(frozen=True)
class ParameterSet:
    """The parameter set of PyBaMM that stands for a charging set, with Arrhenius terms that it lacks."""

    parameter_set: str
    added_solid_activation_kj_per_mol: float
    added_electrolyte_activation_kj_per_mol: float


@dataclass(frozen=True)
class SimulatedCell:
    """A cell and its charge; without `heat_capacity_j_per_k_ah` it is held at its start temperature."""

    parameters: ParameterSet
    areal_capacity_mah_per_cm2: float
    speed_factor: float
    rate_cap_per_h: float
    window_frac: tuple[float, float]
    start_temperature_deg_c: float
    heat_capacity_j_per_k_ah: float | None
    coolant_temperature_deg_c: float
    cooling_rate_per_s: float
    temperature_ceiling_deg_c: float
    reference_temperature_deg_c: float
    gas_constant_j_per_mol_k: float


@dataclass(frozen=True)
class SimulatedCharge:
    """What PyBaMM says of one charge; `problem` says why it says nothing."""

    charging_time_min: float
    peak_temperature_deg_c: float
    problem: str = ""


def load_pybamm() -> ModuleType:
    """PyBaMM, with its telemetry off.

    Raises
    ------
    LcoptError
        Where it is not installed.
    """
    if find_spec("pybamm") is None:
        message = "PyBaMM is not installed; 'pip install \"lcopt[pybamm]\"' installs it"
        raise LcoptError(message)
    os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
    import pybamm

    return pybamm  # type: ignore[no-any-return]


def simulate(cell: SimulatedCell, constants: CrosscheckConstants) -> SimulatedCharge:
    """Charge one cell over its window.

    References
    ----------
    lcopt_charging_surrogate
    """
    pybamm = load_pybamm()
    values = _parameter_values(pybamm, cell)
    capacity_ah = _scale_to_areal_capacity(pybamm, values, cell)
    warms = cell.heat_capacity_j_per_k_ah is not None
    if cell.heat_capacity_j_per_k_ah is not None:
        _set_heat(values, cell, cell.heat_capacity_j_per_k_ah * capacity_ah, constants)
    model = pybamm.lithium_ion.SPMe({"thermal": "lumped" if warms else "isothermal"}, build=False)
    control = _controller(pybamm, cell, values, capacity_ah, constants)
    model.submodels["external circuit"] = pybamm.external_circuit.FunctionControl(
        model.param, control, model.options, control="differential"
    )
    model.build_model()
    current = model.variables["Current variable [A]"]
    model.initial_conditions[current] = pybamm.Scalar(-constants.start_rate_per_h * capacity_ah)
    low, high = cell.window_frac
    left = high - low + model.variables["Discharge capacity [A.h]"] / capacity_ah
    model.events = [pybamm.Event("window", left)]
    values.set_initial_state(low)
    simulation = pybamm.Simulation(model, parameter_values=values, solver=pybamm.IDAKLUSolver())
    try:
        solution = simulation.solve([0, constants.longest_charge_h * SECONDS_PER_HOUR])
    except pybamm.SolverError as error:
        return SimulatedCharge(float("nan"), float("nan"), f"PyBaMM stopped: {str(error).splitlines()[0]}")
    if solution.termination != "event: window":
        message = f"the simulated charge does not end within {constants.longest_charge_h:g} h"
        return SimulatedCharge(float("nan"), float("nan"), message)
    peak = float(solution[TEMPERATURE].entries.max()) - ZERO_CELSIUS_K
    return SimulatedCharge(float(solution.t[-1]) / SECONDS_PER_MINUTE, peak)


def _parameter_values(pybamm: ModuleType, cell: SimulatedCell) -> Any:  # noqa: ANN401 - a class of PyBaMM
    """The parameter set at the temperatures of the cell, its rates times the speed factor."""
    values, chosen = pybamm.ParameterValues(cell.parameters.parameter_set), cell.parameters
    added = dict.fromkeys(SOLID, chosen.added_solid_activation_kj_per_mol)
    added |= dict.fromkeys(ELECTROLYTE, chosen.added_electrolyte_activation_kj_per_mol)
    for name in RATES:
        values[name] = _rate(pybamm, values[name], added.get(name, 0.0), cell)
    ambient = cell.start_temperature_deg_c if cell.heat_capacity_j_per_k_ah is None else cell.coolant_temperature_deg_c
    values["Ambient temperature [K]"] = ambient + ZERO_CELSIUS_K
    values["Initial temperature [K]"] = cell.start_temperature_deg_c + ZERO_CELSIUS_K
    return values


def _rate(
    pybamm: ModuleType, known: Callable[..., Any] | float, added_kj_per_mol: float, cell: SimulatedCell
) -> Callable[..., Any] | float:
    """A rate of the set times the speed factor, with an Arrhenius term where one is added; T is the last argument."""
    if not added_kj_per_mol:
        return cell.speed_factor * known if not callable(known) else _times(known, cell.speed_factor)
    reference_k = cell.reference_temperature_deg_c + ZERO_CELSIUS_K
    activation_k = 1000 * added_kj_per_mol / cell.gas_constant_j_per_mol_k

    def rate(state: Any, temperature_k: Any) -> Any:  # noqa: ANN401 - symbols of PyBaMM
        value = known(state, temperature_k) if callable(known) else known
        return cell.speed_factor * value * pybamm.exp(activation_k * (1 / reference_k - 1 / temperature_k))

    return rate


def _times(known: Callable[..., Any], factor: float) -> Callable[..., Any]:
    def rate(*arguments: Any) -> Any:  # noqa: ANN401 - symbols of PyBaMM
        return factor * known(*arguments)

    return rate


def _scale_to_areal_capacity(pybamm: ModuleType, values: Any, cell: SimulatedCell) -> float:  # noqa: ANN401
    """Make both coatings so thick that the cell has the areal capacity; returns its capacity in Ah."""
    area_m2 = values["Electrode height [m]"] * values["Electrode width [m]"]
    capacity_ah = cell.areal_capacity_mah_per_cm2 * MAH_PER_CM2_AH_PER_M2 * area_m2
    thicker = capacity_ah / _capacity_ah(pybamm, values)
    for side in ELECTRODES:
        values[f"{side} thickness [m]"] = values[f"{side} thickness [m]"] * thicker
    values["Nominal cell capacity [A.h]"] = capacity_ah
    return float(capacity_ah)


def _capacity_ah(pybamm: ModuleType, values: Any) -> float:  # noqa: ANN401 - a class of PyBaMM
    """Capacity between the voltage limits, which grows with the thickness of the coatings."""
    parameters = pybamm.LithiumIonParameters()
    limits = pybamm.lithium_ion.ElectrodeSOHSolver(values, parameters).get_min_max_stoichiometries()
    return float(values.evaluate(parameters.n.prim.Q_init)) * float(limits[1] - limits[0])


def _set_heat(values: Any, cell: SimulatedCell, heat_capacity_j_per_k: float, constants: CrosscheckConstants) -> None:  # noqa: ANN401
    """Give the cell, as one lump, the heat capacity and the cooling of the design."""
    foils = {
        f"{foil} {what}": value
        for foil in FOILS
        for what, value in (
            ("thickness [m]", constants.foil_thickness_um * M_PER_UM),
            # The foils of a one-dimensional model carry no current along them, so that this is never used.
            ("conductivity [S.m-1]", UM_PER_CM),
        )
    }
    values.update({name: value for name, value in foils.items() if name not in values}, check_already_exists=False)
    area_m2 = values["Electrode height [m]"] * values["Electrode width [m]"]
    volume_m3 = area_m2 * sum(values[f"{layer} thickness [m]"] for layer in LAYERS)
    heat = {
        "Cell volume [m3]": volume_m3,
        "Cell cooling surface area [m2]": 1.0,
        "Total heat transfer coefficient [W.m-2.K-1]": cell.cooling_rate_per_s * heat_capacity_j_per_k,
        # Heat is that of the overpotential, as in the model; of the sets only Mohtat2020 has an entropic term at all.
        **{f"{side} OCP entropic change [V.K-1]": 0.0 for side in ELECTRODES},
        **{f"{layer} density [kg.m-3]": 1.0 for layer in LAYERS},
        **{f"{layer} specific heat capacity [J.kg-1.K-1]": heat_capacity_j_per_k / volume_m3 for layer in LAYERS},
    }
    values.update(heat, check_already_exists=False)


def _controller(
    pybamm: ModuleType,
    cell: SimulatedCell,
    values: Any,  # noqa: ANN401 - a class of PyBaMM
    capacity_ah: float,
    constants: CrosscheckConstants,
) -> Callable[[Any], Any]:
    """How fast the current changes [A/s], charging negative."""
    upper_v = values["Upper voltage cut-off [V]"]
    gain = constants.controller_gain_per_v

    def control(variables: Any) -> Any:  # noqa: ANN401 - symbols of PyBaMM
        cap = variables["Current [A]"] / capacity_ah + cell.rate_cap_per_h
        margins = [gain * variables[ANODE], gain * (upper_v - variables["Voltage [V]"]), cap]
        if cell.heat_capacity_j_per_k_ah is not None:
            heat_w = variables["Volume-averaged total heating [W.m-3]"] * values["Cell volume [m3]"]
            warmer_k = variables[TEMPERATURE] - (cell.coolant_temperature_deg_c + ZERO_CELSIUS_K)
            rise = heat_w / (cell.heat_capacity_j_per_k_ah * capacity_ah) - cell.cooling_rate_per_s * warmer_k
            room_k = cell.temperature_ceiling_deg_c + ZERO_CELSIUS_K - variables[TEMPERATURE]
            margins.append((room_k - constants.ceiling_outlook_s * rise) / constants.ceiling_span_k)
        least = margins[0]
        for margin in margins[1:]:
            least = pybamm.minimum(least, margin)
        return -(capacity_ah / constants.controller_time_s) * least

    return control
