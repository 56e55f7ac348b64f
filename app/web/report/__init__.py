"""The pages of one report, and what is done on them."""
