"""The page of a result: one HTML file to mail, that needs no network, and no script for its text and charts."""
