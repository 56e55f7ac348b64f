"""What is around a report: campaigns with their documents, and the workshops held in them."""
