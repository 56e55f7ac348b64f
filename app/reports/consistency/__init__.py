"""The consistency check: rules over one frozen case, and what is passed over knowingly."""
