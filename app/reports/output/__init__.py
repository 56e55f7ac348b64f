"""The report as a document: its tree, its PDF, its public version."""
