"""Migrations: expand and contract, with lock timeouts, reversible or saying why not."""
