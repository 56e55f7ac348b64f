"""Tables of the report out to spreadsheets and back."""
