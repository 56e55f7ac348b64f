"""Reports from before the application."""
