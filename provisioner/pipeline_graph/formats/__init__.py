"""The formats that only `graph` has: one file each."""
