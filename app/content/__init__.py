"""What a part holds and how two versions of it compare. Pure Python: no database, no web."""
