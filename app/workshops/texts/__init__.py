"""What a campaign's two documents said, version by version: kept, read, and checked against the log."""
