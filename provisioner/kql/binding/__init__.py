"""From tree to bound query: names resolved, overloads and operators chosen, mistakes reported as diagnostics."""
