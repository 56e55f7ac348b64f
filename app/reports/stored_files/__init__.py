"""The store against the database: which files are named, and whether they are there."""
