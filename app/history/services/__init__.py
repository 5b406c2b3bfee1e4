"""Use cases of bringing history in and out."""
