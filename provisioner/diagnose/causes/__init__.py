"""One file for each cause, named like the code of its diagnosis where it has one of its own."""
