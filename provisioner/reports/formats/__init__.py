"""The formats that any command may have: one file each. Sender formats stand in `sender_formats/`."""
