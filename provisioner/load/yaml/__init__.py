"""The text storey: files as text, YAML, JSON and CSV as trees of nodes that know their characters, and text edits.

The first of load's storeys: yaml < schema < builders < the files of `load` itself. It imports none of the later ones.
"""
