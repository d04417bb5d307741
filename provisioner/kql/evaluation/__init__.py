"""A bound query as generated Python: expressions, row functions, how cells come in and go out, running and tracing."""
