"""Reports from before the application: read from Word, recognised, taken over."""
