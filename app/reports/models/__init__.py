"""The rows of all rooms."""
