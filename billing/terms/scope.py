"""What a line of a contract is about, and the matter that is compared with it."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import Code


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """A fault or a piece of work, as far as a contract asks about it. `day` is a day of the contract's zone."""

    day: date
    service_category: str
    product_category: str = ""
    site_id: UUID | None = None
    device_id: UUID | None = None
    outside_hours: bool = False
    """Whether it falls outside the contract's service calendar."""


class ScopeMiss(StrEnum):
    """Why a matter lies outside a scope."""

    SERVICE_CATEGORY = "service_category"
    PRODUCT_CATEGORY = "product_category"
    SITE = "site"
    DEVICE = "device"


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is covered; an empty set is no restriction. What is excluded is excluded whatever else is named."""

    service_categories: frozenset[Code] = frozenset()
    product_categories: frozenset[Code] = frozenset()
    excluded_product_categories: frozenset[Code] = frozenset()
    """For example consumables of printers."""
    site_ids: frozenset[UUID] = frozenset()
    device_ids: frozenset[UUID] = frozenset()

    def miss(self, matter: Matter) -> ScopeMiss | None:
        """The first reason why `matter` lies outside; None: it lies inside. Who names devices or sites covers no matter
        without one."""
        if self.service_categories and matter.service_category not in self.service_categories:
            return ScopeMiss.SERVICE_CATEGORY
        excluded = matter.product_category in self.excluded_product_categories
        if excluded or (self.product_categories and matter.product_category not in self.product_categories):
            return ScopeMiss.PRODUCT_CATEGORY
        if self.site_ids and matter.site_id not in self.site_ids:
            return ScopeMiss.SITE
        if self.device_ids and matter.device_id not in self.device_ids:
            return ScopeMiss.DEVICE
        return None
