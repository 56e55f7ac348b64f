"""Signing on paper: printed, filed, sorted, attested."""
