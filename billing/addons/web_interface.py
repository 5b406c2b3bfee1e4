"""What other areas may use in the web process; the worker does not load it."""

from billing.addons.order_forms import ORDER_FIELDS, make_move, order_by_form, quantity_text, sites_of

__all__ = ["ORDER_FIELDS", "make_move", "order_by_form", "quantity_text", "sites_of"]
