"""Every mapped class of the program, in one place that migrations and architecture tests can import."""

from app.platform.kernel.areas import declared
from app.platform.kernel.model import Model

MODULES = tuple(declared("models"))
"""Imported for their mappings."""


def mapped_classes() -> dict[str, type[Model]]:
    """All mapped classes by table name."""
    return {mapper.local_table.description: mapper.class_ for mapper in Model.registry.mappers}
