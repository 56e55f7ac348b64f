"""A report told again from its log, and compared with its rows."""
