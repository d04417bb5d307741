"""The manifest storey: plain values of the language → a Manifest, with everything filled in that is left out.

The third of load's storeys: it imports `yaml` and `schema`, and none of the files of `load` itself.
"""
