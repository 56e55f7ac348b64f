"""Photographs and files beside the report: which kinds, sent in pieces, taken away again."""
