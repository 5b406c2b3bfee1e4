"""Data recovery."""
