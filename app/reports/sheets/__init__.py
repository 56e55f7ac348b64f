"""Spreadsheets in and out of a report's grids: columns matched with fields, rows checked, tables written."""
