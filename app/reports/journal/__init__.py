"""The journal of all reports: listed, searched, opened, exported."""
