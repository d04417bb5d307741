"""Microsoft's own analyser as a stranger's opinion on columns and types; for developers, never in CI."""
