"""Given cells of a test in a data folder of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_cells(folder: Path, cells: Mapping[str, tuple[str, float, float]]) -> str:
    """Writes cells by name, each of a chemistry, a loading [mAh/cm2] and a capacity [Ah]; returns the folder."""
    lines = ["platform,name,value,unit"]
    for name, (chemistry, loading, capacity) in cells.items():
        lines += [
            f"{name},chemistry,{chemistry},",
            f"{name},technology_class,standard,",
            f"{name},areal_capacity_mah_per_cm2,{loading},mAh/cm2",
            f"{name},cell_capacity_ah,{capacity},Ah",
            f"{name},aspect_ratio,4.7,1",
        ]
    (folder / "platforms.csv").write_text("\n".join(lines) + "\n")
    return str(folder)
