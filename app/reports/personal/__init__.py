"""Personal data in the texts of reports: what readers get of them, their lawful erasure, how that is checked."""
