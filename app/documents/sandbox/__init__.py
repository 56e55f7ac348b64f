"""Word files and spreadsheets from outside, opened in a process of their own."""
