"""Service and product categories, and the first classification of a reported symptom."""

from app.agreements.catalogue.service import CatalogueService, provision_catalogue
from app.agreements.catalogue.standard import PRODUCT_CATEGORIES, PRODUCT_CATEGORY_OF_DEVICE, SERVICE_CATEGORIES
from app.agreements.catalogue.symptoms import SYMPTOM_NAMES, Classification, Symptom, classify

__all__ = [
    "PRODUCT_CATEGORIES",
    "PRODUCT_CATEGORY_OF_DEVICE",
    "SERVICE_CATEGORIES",
    "SYMPTOM_NAMES",
    "CatalogueService",
    "Classification",
    "Symptom",
    "classify",
    "provision_catalogue",
]
