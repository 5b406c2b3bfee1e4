"""Use cases of add-ons."""

from billing.addons.services.catalogue import AddonCatalogue
from billing.addons.services.orders import AddonOrders
from billing.addons.services.reading import AddonOrderReading

__all__ = ["AddonCatalogue", "AddonOrderReading", "AddonOrders"]
