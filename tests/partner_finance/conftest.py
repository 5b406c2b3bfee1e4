"""A company that invoices."""

from tests.invoicing.conftest import finance

__all__ = ["finance"]
