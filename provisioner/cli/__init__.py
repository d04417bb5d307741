"""The command line: a thin shell on the library."""
