"""Amendments: proposed, decided, adopted, seen in the text, out of date."""
