"""How a tenant's records leave, come back and end: archive, restore, retention, erasure."""
