"""Response structs of the catalogue."""

import msgspec


class ServiceCategory(msgspec.Struct, frozen=True):
    """`name` is the Chinese source text of the standard; separately billed ones are 单独计费."""

    code: str
    name: str
    separately_billed: bool


class ProductCategory(msgspec.Struct, frozen=True):
    """`name` is the Chinese source text of the standard."""

    code: str
    name: str


class Catalogue(msgspec.Struct, frozen=True):
    """The active categories of a tenant, in the order of the standard."""

    service_categories: list[ServiceCategory]
    product_categories: list[ProductCategory]
