"""The text itself: parts, revisions, masthead, what stands for a text that is gone, what readers get."""
