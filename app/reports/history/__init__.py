"""What became of the text: who wrote what, versions side by side, snapshots, the line of time."""
