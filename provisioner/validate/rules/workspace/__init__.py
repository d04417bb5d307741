"""Rules on the workspace: how it is paid, capped and reached."""
