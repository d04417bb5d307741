"""How each kind of probe is read, predicted and asked: a module each, with the functions of `ProbeKind`."""
