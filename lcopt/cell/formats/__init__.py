"""Cell formats: the pouch of the workbook, and wound and stacked cells from envelope, layers and dead lengths."""
