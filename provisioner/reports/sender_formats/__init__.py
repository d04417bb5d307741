"""The formats of `outputs` that a sender is configured with: one file each."""
