"""Names that Azure takes."""
