"""Signing without an account: a link and a code, each by another hand."""
