"""The report and its life, stage by stage."""
