"""Rectifying a published report: it is never changed; another report, which names it, takes its place."""
