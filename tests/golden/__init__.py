"""Golden output: what the command line prints, recorded, so that a change behind it is seen in front of it."""
