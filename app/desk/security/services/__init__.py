"""Use cases of the security service."""
