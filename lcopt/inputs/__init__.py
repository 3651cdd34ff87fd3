"""WHAT THE USER GIVES: scenarios and the catalog."""
