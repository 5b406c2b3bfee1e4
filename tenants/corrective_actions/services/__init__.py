"""The use cases of corrective actions."""
