"""Signing, with an account, by a code, or on paper; what is published then."""
