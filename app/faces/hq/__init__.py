"""Headquarters' console."""
