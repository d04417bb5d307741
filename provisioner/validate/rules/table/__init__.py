"""What a table may hold and keep."""
