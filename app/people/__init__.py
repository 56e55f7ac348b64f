"""Persons, roles with their scope, commissions, credentials."""
