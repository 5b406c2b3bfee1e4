"""Employees' fault reports: sign-in by device number or label with a PIN, and the report itself."""
