"""Archive, restore, retention and erasure of a tenant's records."""

from tenants.data_lifecycle.services.archive_export import Progress
from tenants.data_lifecycle.tables import TenantTables

__all__ = [
    "Progress",
    "TenantTables",
]
