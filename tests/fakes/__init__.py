"""Processes and servers of our own that stand in for what the program talks to outside."""
