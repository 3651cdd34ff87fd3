"""What all blocks of a scenario file have in common, and the names that several of them hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from lcopt.inputs.values import ALL, catalog_word, word
from lcopt.inputs.words import ARCHITECTURES, FORMATS, FORMATS_LATER

ChemistryName = Annotated[str, catalog_word("chemistry", lambda known: (ALL, *known.chemistries))]
FormatName = Annotated[str, word("format", (ALL, *FORMATS), FORMATS_LATER)]
ArchitectureName = Annotated[str, word("architecture", (ALL, *ARCHITECTURES))]
PlatformName = Annotated[str, catalog_word("given cell platform", lambda known: known.platforms)]


class Block(BaseModel):
    """One block of the file; keys that it does not name are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
