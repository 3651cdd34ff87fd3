"""The pictures of the documentation: all that it shows are there, and small."""

from __future__ import annotations

import re
from pathlib import Path

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
BYTES_MAX = 1_000_000


def test_every_picture_that_is_shown_is_there_and_none_is_left_over():
    shown = re.findall(r"\]\((\w+\.png)\)", (GALLERY / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.name for path in GALLERY.glob("*.png"))


def test_all_pictures_together_are_small():
    sizes = [path.stat().st_size for path in GALLERY.glob("*.png")]
    assert sum(sizes) < BYTES_MAX
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in GALLERY.glob("*.png"))
