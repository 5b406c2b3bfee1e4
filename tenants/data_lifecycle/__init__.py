"""Archive, restore, retention and erasure of a tenant's records."""
