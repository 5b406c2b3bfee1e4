"""Identity's use cases, one module each."""
