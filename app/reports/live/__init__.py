"""Who is at work on a report just now, and what is new on an open page."""
