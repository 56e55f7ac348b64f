"""Campaigns, their documents and meetings."""
