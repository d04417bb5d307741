"""Reports: one registry of formats for every command, and what formats share (JUnit, SARIF, tables, annotations)."""
