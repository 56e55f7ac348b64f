"""Signing without an account: a link and a code for one use, handed over by two different ways."""
