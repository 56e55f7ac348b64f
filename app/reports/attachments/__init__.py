"""What goes with a report: the photographs of its annex 5, and files beside it that are no part of its text."""
