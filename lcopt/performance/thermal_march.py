"""A charge marched along the state of charge: at each step the plating limit at the temperature of that moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class MarchInputs:
    """Arrays of shape (n,) that hold over the whole charge.

    Times are those of the whole profile at infinite temperature, `heat_k_per_v` the heating of one step per volt of
    overpotential, `capped_s` the shortest time of a step by charger and cell rating.
    """

    start_k: FloatArray
    kinetic_s: FloatArray
    electrolyte_s: FloatArray
    kinetic_activation_k: FloatArray
    electrolyte_activation_k: FloatArray
    heat_k_per_v: FloatArray
    capped_s: FloatArray


@dataclass(frozen=True)
class Steps:
    """Steps of state of charge: share of the profile's time, shape (steps, n), and overpotential, shape (steps,).

    `electrolyte_added_v` is what the electrolyte adds to the overpotential of the kinetics.
    """

    share_frac: FloatArray
    kinetic_overpotential_v: FloatArray
    electrolyte_added_v: float


@dataclass(frozen=True)
class Cooling:
    """Coolant, rate at which a cell follows it, and the ceiling of the cell's temperature.

    Arrays of shape (n,), but for the ceiling. `heating_max_k_per_s` bounds what the loop gives to colder cells, the
    power of its heater over the heat capacity of the pack; None where it holds its temperature at any price.
    """

    coolant_k: FloatArray
    rate_per_s: FloatArray
    ceiling_k: float
    heating_max_k_per_s: FloatArray | None = None


@dataclass(frozen=True)
class MarchedCharge:
    """Duration, temperature at the end, highest temperature, and kelvin from a bounded heater, shape (n,)."""

    time_s: FloatArray
    end_k: FloatArray
    peak_k: FloatArray
    heated_k: FloatArray


def march(inputs: MarchInputs, steps: Steps, cooling: Cooling) -> MarchedCharge:
    """Charge over steps of state of charge.

    Notes
    -----
    The rate of a step is that of the temperature in its middle, foreseen from the change of the step before. Buffers
    are reused, so that a batch of some thousand designs stays in the cache of a core.
    """
    temperature_k = np.array(inputs.start_k)
    peak_k, time_s, heated_k, change_k = temperature_k.copy(), *(np.zeros(temperature_k.shape) for _ in range(3))
    limited_s, step_s, heat_k_s, follow, work = (np.empty(temperature_k.shape) for _ in range(5))
    for share, overpotential_v in zip(steps.share_frac, steps.kinetic_overpotential_v, strict=True):
        np.multiply(change_k, 1 / 2, out=work)
        work += temperature_k
        np.minimum(work, cooling.ceiling_k, out=work)
        _plating_limited(inputs, work, share, (float(overpotential_v), steps.electrolyte_added_v), limited_s, heat_k_s)
        np.maximum(limited_s, inputs.capped_s, out=step_s)
        # By the trapezoidal rule; a step longer than the coolant's time constant cannot pass the coolant's temperature.
        np.multiply(step_s, cooling.rate_per_s, out=follow)
        np.minimum(follow, 2, out=follow)
        np.subtract(cooling.coolant_k, temperature_k, out=change_k)
        change_k *= follow
        follow /= 2
        follow += 1
        if cooling.heating_max_k_per_s is not None:
            np.minimum(change_k, cooling.heating_max_k_per_s * step_s, out=change_k)
            heated_k += np.maximum(change_k, 0) / follow
        # Below the plating limit the overpotential falls with the current, so heat with the square of it.
        np.divide(heat_k_s, step_s, out=work)
        change_k += work
        change_k /= follow
        np.add(temperature_k, change_k, out=work)
        over = work > cooling.ceiling_k
        if over.any():
            step_s[over] = _stretched_seconds(heat_k_s, temperature_k, cooling, over)
            change_k[over] = cooling.ceiling_k - temperature_k[over]
        temperature_k += change_k
        time_s += step_s
        np.maximum(peak_k, temperature_k, out=peak_k)
    return MarchedCharge(time_s=time_s, end_k=temperature_k, peak_k=peak_k, heated_k=heated_k)


def _plating_limited(
    inputs: MarchInputs,
    temperature_k: FloatArray,
    share: FloatArray,
    overpotentials_v: tuple[float, float],
    limited_s: FloatArray,
    heat_k_s: FloatArray,
) -> None:
    """Seconds of a step at the plating limit, and its heating times these seconds."""
    np.divide(inputs.electrolyte_activation_k, temperature_k, out=heat_k_s)
    np.exp(heat_k_s, out=heat_k_s)
    heat_k_s *= inputs.electrolyte_s
    np.divide(inputs.kinetic_activation_k, temperature_k, out=limited_s)
    np.exp(limited_s, out=limited_s)
    limited_s *= inputs.kinetic_s
    limited_s += heat_k_s
    heat_k_s *= overpotentials_v[1]
    heat_k_s += limited_s * overpotentials_v[0]
    heat_k_s *= inputs.heat_k_per_v
    heat_k_s *= share
    limited_s *= share


def _stretched_seconds(
    heat_k_s: FloatArray, temperature_k: FloatArray, cooling: Cooling, over: BoolArray
) -> FloatArray:
    """Duration of a step that ends at the ceiling; `heat_k_s` is heating at the plating limit times its duration.

    Below the plating limit heat falls as the step grows, so with x the duration, k the cooling rate, and the mean of
    the temperatures at both ends towards the coolant: k (mean - coolant) x + (ceiling - T) - heat / x = 0.
    """
    room_k = cooling.ceiling_k - temperature_k[over]
    above_coolant_k = temperature_k[over] - cooling.coolant_k[over] + room_k / 2
    cooled_k_per_s = cooling.rate_per_s[over] * above_coolant_k
    root = np.sqrt(np.maximum(room_k * room_k + 4 * cooled_k_per_s * heat_k_s[over], 0))
    with np.errstate(divide="ignore"):
        return np.asarray(2 * heat_k_s[over] / (room_k + root))
