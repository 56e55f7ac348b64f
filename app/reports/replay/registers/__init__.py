"""People, territories, campaigns and meetings told again from the log, and compared with their rows."""
