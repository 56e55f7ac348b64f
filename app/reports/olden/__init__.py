"""Reports from before the application: old Word files recognised, settled, and put into the official parts."""
