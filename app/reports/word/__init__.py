"""The report as a Word file, and an edited copy of it read back."""
