"""What an uploaded file shows: its words, its look, the text attached to it and the codes on it, read apart."""
