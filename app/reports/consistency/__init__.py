"""The consistency check: rules that read a report and name its slips, each where it stands and how it may be mended."""
