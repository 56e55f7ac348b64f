"""The files in the store that the database and the log name."""
