"""Every mapped class of the program, in one place that migrations and architecture tests can import."""

import tenants.network.models
import tenants.partners.models  # noqa: F401 - imported for their mappings
from app.kernel.model import Model


def mapped_classes() -> dict[str, type[Model]]:
    """All mapped classes by table name."""
    return {mapper.local_table.description: mapper.class_ for mapper in Model.registry.mappers}
