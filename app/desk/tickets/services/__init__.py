"""Use cases of the tickets area, one file each."""
