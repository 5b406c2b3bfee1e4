"""Visits: dispatch, the steps of each, photos, consent, and what a phone has not sent yet."""
