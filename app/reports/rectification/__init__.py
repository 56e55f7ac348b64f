"""A report that corrects a published one."""
