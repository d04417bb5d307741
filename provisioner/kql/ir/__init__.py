"""A query after binding, as data: typed expressions, the steps that rows go through, what names mean, the query."""
