"""Use cases of ticket imports and exports."""
