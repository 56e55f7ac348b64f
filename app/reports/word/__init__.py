"""The report out to Word and back, with tracked changes."""
