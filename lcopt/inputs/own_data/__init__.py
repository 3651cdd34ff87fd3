"""A user's own numbers over those of the catalog: folders of CSV files and single values."""
