"""Verification by anybody: which report a file or a paper claims to be, how it differs from it, and who signed."""
