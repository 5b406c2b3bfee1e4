"""Use cases of partnership, one module each."""
