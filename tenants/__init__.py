"""Who the current tenant is, and the isolation that the database keeps."""
