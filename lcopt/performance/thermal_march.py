"""A charge marched along the state of charge: at each step the plating limit at the temperature of that moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray


@dataclass(frozen=True)
class MarchInputs:
    """Arrays of shape (n,) that hold over the whole charge.

    Times are those of the whole profile at infinite temperature, `heat_k` is the heating of one step at the plating
    limit, `capped_s` the shortest time of a step by charger and cell rating.
    """

    start_k: FloatArray
    kinetic_s: FloatArray
    electrolyte_s: FloatArray
    kinetic_activation_k: FloatArray
    electrolyte_activation_k: FloatArray
    heat_k: FloatArray
    capped_s: FloatArray


@dataclass(frozen=True)
class Cooling:
    """Coolant, rate at which a cell follows it, and the ceiling of the cell's temperature."""

    coolant_k: float
    rate_per_s: float
    ceiling_k: float


@dataclass(frozen=True)
class MarchedCharge:
    """Duration, temperature at the end and highest temperature, shape (n,)."""

    time_s: FloatArray
    end_k: FloatArray
    peak_k: FloatArray


def march(inputs: MarchInputs, progress_frac: FloatArray, cooling: Cooling) -> MarchedCharge:
    """Charge over steps of state of charge that take `progress_frac` (steps,) of the profile's time each.

    Notes
    -----
    Buffers are reused, so that a batch of some thousand designs stays in the cache of a core.
    """
    temperature_k = np.array(inputs.start_k)
    peak_k, time_s = temperature_k.copy(), np.zeros(temperature_k.shape)
    limited_s, step_s, next_k, work = (np.empty(temperature_k.shape) for _ in range(4))
    for share in progress_frac:
        _plating_limited_seconds(inputs, temperature_k, float(share), limited_s, work)
        np.maximum(limited_s, inputs.capped_s, out=step_s)
        np.divide(limited_s, step_s, out=next_k)
        next_k *= inputs.heat_k
        # A step longer than the time constant of the coolant cannot pass the coolant's temperature.
        np.multiply(step_s, cooling.rate_per_s, out=work)
        np.minimum(work, 1, out=work)
        next_k += temperature_k
        np.subtract(temperature_k, cooling.coolant_k, out=temperature_k)
        work *= temperature_k
        next_k -= work
        over = next_k > cooling.ceiling_k
        if over.any():
            above_coolant_k = temperature_k[over]
            step_s[over] = _stretched_seconds(limited_s[over] * inputs.heat_k[over], above_coolant_k, cooling)
            next_k[over] = cooling.ceiling_k
        time_s += step_s
        np.maximum(peak_k, next_k, out=peak_k)
        temperature_k, next_k = next_k, temperature_k
    return MarchedCharge(time_s=time_s, end_k=temperature_k, peak_k=peak_k)


def _plating_limited_seconds(
    inputs: MarchInputs, temperature_k: FloatArray, share: float, out: FloatArray, work: FloatArray
) -> None:
    np.divide(inputs.kinetic_activation_k, temperature_k, out=out)
    np.exp(out, out=out)
    out *= inputs.kinetic_s
    np.divide(inputs.electrolyte_activation_k, temperature_k, out=work)
    np.exp(work, out=work)
    work *= inputs.electrolyte_s
    out += work
    out *= share


def _stretched_seconds(heat_k_s: FloatArray, above_coolant_k: FloatArray, cooling: Cooling) -> FloatArray:
    """Duration of a step that ends at the ceiling; `heat_k_s` is heating at the plating limit times its duration.

    Below the plating limit heat falls as the step grows, so with x the duration, k the cooling rate:
    k (T - coolant) x + (ceiling - T) - heat / x = 0.
    """
    room_k = (cooling.ceiling_k - cooling.coolant_k) - above_coolant_k
    cooled_k_per_s = cooling.rate_per_s * above_coolant_k
    root = np.sqrt(np.maximum(room_k * room_k + 4 * cooled_k_per_s * heat_k_s, 0))
    with np.errstate(divide="ignore"):
        return np.asarray(2 * heat_k_s / (room_k + root))
