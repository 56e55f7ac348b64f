"""Saving parts, mending, restoring, renewing the masthead, passing the text on."""
