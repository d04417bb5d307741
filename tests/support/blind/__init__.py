"""Wrong manifests made from what Azure's pages say, without a look at the rules that should find them."""
