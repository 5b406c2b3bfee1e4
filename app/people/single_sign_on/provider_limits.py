"""The limit of a provider: it opens no membership with more permissions than whoever set it up had. Pure."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from app.platform.kernel.actor import ActorKind
from rbac import Permission
from rbac.roles import AvailableRoles

_OWN_WORK_PERMISSIONS = frozenset({Permission.VISIT_WORK})
"""Of engineers alone: it reaches nobody else's records, and owners do not hold it."""


def roles_within(
    available_roles: AvailableRoles, kind: ActorKind, roles: Iterable[str], permissions: AbstractSet[str]
) -> bool:
    """Whether `roles` may no more than `permissions` say."""
    return available_roles.permissions(kind, roles) - _OWN_WORK_PERMISSIONS <= permissions
