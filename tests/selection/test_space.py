"""The design space is what the catalog says, no more and no less."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lcopt.errors import CatalogError
from lcopt.selection.space import (
    Counts,
    layouts_in_voltage_class,
    module_layouts,
    read_grid,
    read_voltage_class,
)


@pytest.fixture
def small_grid(catalog):
    return dataclasses.replace(
        read_grid(catalog),
        series_cells_per_module_min_count=10,
        series_cells_per_module_max_count=11,
        cells_in_parallel_max_count=2,
        modules_in_row_max_count=2,
        rows_of_modules_max_count=1,
        cells_per_module_max_count=20,
    )


def test_layouts_of_a_small_grid_are_the_hand_listed_ones(small_grid):
    layouts = module_layouts(small_grid)
    numbers = [item.name for item in dataclasses.fields(Counts)][:5]
    listed = sorted(zip(*(getattr(layouts, name).tolist() for name in numbers), strict=True))
    # series, parallel, cells per module, modules in row, rows; 11 x 2 = 22 cells a module are too many
    assert listed == [
        (10, 1, 10, 1, 1),
        (10, 2, 20, 1, 1),
        (11, 1, 11, 1, 1),
        (20, 1, 10, 2, 1),
        (20, 2, 20, 2, 1),
        (22, 1, 11, 2, 1),
    ]


def test_counts_always_multiply_to_the_cells_of_the_pack(catalog):
    layouts = module_layouts(read_grid(catalog))
    modules = layouts.modules_in_row_count * layouts.rows_of_modules_count
    assert np.array_equal(
        layouts.cells_in_series_count * layouts.cells_in_parallel_count, layouts.cells_per_module_count * modules
    )


def test_no_layout_exceeds_the_full_voltage_of_its_class(catalog):
    bounds = read_voltage_class(catalog, 400)
    layouts = layouts_in_voltage_class(module_layouts(read_grid(catalog)), bounds, 3.32, 3.8)
    assert layouts.cells_in_series_count.max() == 120  # 470 V / 3.8 V = 123.7; 121 to 123 have no layout of 6 to 24
    assert layouts.cells_in_series_count.min() >= 320 / 3.32


def test_an_unknown_voltage_class_is_an_error_that_names_the_table(catalog):
    with pytest.raises(CatalogError, match=r"voltage_classes\.csv"):
        read_voltage_class(catalog, 600)
