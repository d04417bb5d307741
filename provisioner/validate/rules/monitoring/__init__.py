"""Rules on what makes lost rows visible."""
