"""Use cases of insurance."""
