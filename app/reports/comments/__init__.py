"""Observations in the margin: written, answered, settled."""
