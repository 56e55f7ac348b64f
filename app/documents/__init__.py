"""Documents out: a neutral tree in, PDF bytes out; signatures; the store of files."""
