"""Spreadsheets from outside: opened with care, their cells read as texts."""
