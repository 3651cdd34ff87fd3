"""The words that a scenario may use, in the order in which they are listed and numbered."""

from __future__ import annotations

POUCH = "pouch"
ROUND_FORMATS = ("21700", "4680", "4695", "46120")
FORMATS = (
    POUCH,
    *ROUND_FORMATS,
    "phev2",
    "prismatic_173",
    "unified",
    "blade",
    "short_blade_l300",
    "short_blade_l600",
    "long_pouch",
)
FORMATS_LATER: tuple[str, ...] = ()
# The pouch of the reference comes with the reference's own pack, which is lighter and cheaper than packs on the road:
# it takes part by name only, so that no format wins by its pack model.
FORMATS_IN_ALL = FORMATS[1:]
MODULE = "module"
ARCHITECTURES = (MODULE, "cell_to_pack", "cell_to_chassis")
BOTTOM_PLATE, LARGE_FACE, SIDE_RIBBON = "bottom_plate", "large_face", "side_ribbon"
COOLINGS = (BOTTOM_PLATE, LARGE_FACE, SIDE_RIBBON)
ELECTRODE_PROCESSES = ("wet", "dry")
SAFETY_RULES = ("none", "gb38031_2020", "gb38031_2025")
TECHNOLOGY_CLASSES = ("energy", "standard", "super", "flash")
HEATERS = ("none", "ptc_6kw", "ptc_12kw", "pulse_20kw")
PREHEATS = ("none", "plug", "way")
RESIDUAL_RULES = ("none", "linear_time", "linear_soh", "market")
REPLACEMENT_RULES = ("integer", "continuous")
FLOW_TIMINGS = ("end", "middle")
SALE, SWAP = "sale", "swap"
OWNERSHIP_MODELS = (SALE, "lease", "battery_as_a_service", SWAP)
ENERGY_PAYERS = ("usual", "user", "operator")
DEPRECIATIONS = ("none", "straight_line", "macrs5", "own")
POOLED = "pooled"
VOLUMES = ("as_sized", POOLED)
LEVELIZED = "levelized"
COSTINGS = ("reference", LEVELIZED)
