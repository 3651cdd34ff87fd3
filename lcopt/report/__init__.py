"""WHAT THE READER OPENS: the workbook."""
