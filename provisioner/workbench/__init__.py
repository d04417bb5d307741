"""The page on which transforms are written against live rows: its server, on loopback, over the library's `Project`."""
