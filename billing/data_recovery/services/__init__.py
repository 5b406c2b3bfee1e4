"""Use cases of recovery cases."""
