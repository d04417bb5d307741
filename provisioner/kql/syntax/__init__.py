"""From text to tree: tokens, literals, the parser, and the tree's nodes, which hold data and no behaviour."""
