"""Whether a file from outside is the one that was signed here."""
