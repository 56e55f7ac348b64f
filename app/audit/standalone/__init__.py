"""A verifier of the log that stands alone, and what keeps its rules those of the application."""
