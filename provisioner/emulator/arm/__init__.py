"""Azure Resource Manager: one file per resource type."""
