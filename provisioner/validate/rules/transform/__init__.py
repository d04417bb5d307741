"""That stream, transform and table agree."""
