"""Cell formats: from areal capacity and envelope to areas, masses and impedance."""
