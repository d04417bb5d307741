"""The two log APIs: rows ingested through a rule's transforms, and KQL queries over the stored rows."""
