"""Use cases of quotes: writing, offering, deciding, reading."""
