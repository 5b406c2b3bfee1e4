"""The roles that one company can give: the system's and its own. Pure."""

from collections.abc import Iterable, Mapping

import msgspec

from app.platform.kernel.actor import ActorKind
from rbac.enforcer import permissions_of, roles_of


class CustomRole(msgspec.Struct, frozen=True):
    """A role of the company's own, as far as giving it goes."""

    name: str
    permissions: frozenset[str]


class AvailableRoles:
    """System roles and the company's own; `own` are the active own roles by the text of their id."""

    def __init__(self, own: Mapping[str, CustomRole] | None = None) -> None:
        self.own = dict(own or {})

    def knows(self, kind: ActorKind, role: str) -> bool:
        """Whether this kind of company has such a role."""
        return role in roles_of(kind) or (kind is ActorKind.PROVIDER and role in self.own)

    def permissions(self, kind: ActorKind, roles: Iterable[str]) -> frozenset[str]:
        """Everything that `roles` together may do."""
        wanted = tuple(roles)
        granted = permissions_of(kind, wanted)
        if kind is not ActorKind.PROVIDER:
            return granted
        return granted.union(*(self.own[role].permissions for role in wanted if role in self.own))


def staff_permissions() -> frozenset[str]:
    """All that any role of a partner's staff may hold: an own role is composed from these."""
    return permissions_of(ActorKind.PROVIDER, roles_of(ActorKind.PROVIDER))
