"""Paper come back: pages found in scans and photographs by their codes, set upright, bound into one PDF/A file."""
