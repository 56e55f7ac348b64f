"""Word files: a neutral document in, .docx out; any .docx in, its paragraphs with tracked changes and comments out."""
