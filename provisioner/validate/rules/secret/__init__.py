"""What has no place in a manifest."""
