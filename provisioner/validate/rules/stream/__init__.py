"""What a stream may declare and where it leads."""
