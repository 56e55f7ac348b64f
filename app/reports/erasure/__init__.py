"""Erasing personal data, by commands alone."""
