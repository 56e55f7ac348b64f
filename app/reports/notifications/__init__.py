"""Who is told of an act, in which words, on the screen and by mail."""
