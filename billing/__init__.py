"""Billing areas arrive with the contracts issue."""
