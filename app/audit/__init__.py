"""The log of all acts, and its verification."""
