"""The language server: the functions of `language` over the Language Server Protocol."""
