"""lcopt: the battery pack with the lowest lifecycle cost within its limits, with a proof."""
