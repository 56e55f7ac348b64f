"""The code of a text, and the proof that its validation is in the log."""
