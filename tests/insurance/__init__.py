"""Insurance of devices."""
