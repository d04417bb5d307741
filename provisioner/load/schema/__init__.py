"""The language storey: which keys a manifest may hold, as data, and readers that turn nodes into plain values by it.

The second of load's storeys: it imports `yaml` alone, and neither `builders` nor the files of `load` itself.
"""
