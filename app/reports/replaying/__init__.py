"""Persons, roles, territories, commissions, campaigns and workshops as the log tells them, against their rows."""
