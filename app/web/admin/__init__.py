"""People, places and the outgoing mail, for the coordination."""
