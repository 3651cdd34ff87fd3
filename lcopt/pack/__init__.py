"""WHAT A PACK IS: modules, structure, electronics and cooling."""
