"""Response structs of the catalogue."""

import msgspec


class ServiceCategoryView(msgspec.Struct, frozen=True):
    """`name` is the Chinese source text of the standard; separately billed ones are 单独计费."""

    code: str
    name: str
    separately_billed: bool


class ProductCategoryView(msgspec.Struct, frozen=True):
    """`name` is the Chinese source text of the standard."""

    code: str
    name: str


class Catalogue(msgspec.Struct, frozen=True):
    """The active categories of a tenant, in the order of the standard."""

    service_categories: list[ServiceCategoryView]
    product_categories: list[ProductCategoryView]
