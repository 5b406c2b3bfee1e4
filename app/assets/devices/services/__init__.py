"""Use cases of the device area."""
