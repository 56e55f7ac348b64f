"""Commands for the machine’s keeper."""
