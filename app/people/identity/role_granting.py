"""Which roles one member may give another. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from app.people.identity.errors import RoleBeyondOwn, RoleUnknown
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.texts import N_
from rbac import Permission, roles_of
from rbac.roles import AvailableRoles

ROLE_NAMES = {
    "hq_administrator": N_("总部管理员"),
    "hq_quality_officer": N_("总部质量专员"),
    "hq_finance": N_("总部财务"),
    "partner_owner": N_("服务商负责人"),
    "service_manager": N_("服务经理"),
    "dispatcher": N_("接线员/派单员"),
    "team_leader": N_("服务组长"),
    "engineer": N_("服务工程师"),
    "quality_agent": N_("客服中心"),
    "partner_finance": N_("财务"),
    "client_administrator": N_("客户管理员"),
    "client_approver": N_("客户审批人"),
    "client_contact": N_("客户IT联系人"),
    "client_finance": N_("客户财务"),
}
"""System roles by their code, in the order in which people are shown them."""

ADMINISTRATOR_ROLES = {ActorKind.HQ: "hq_administrator", ActorKind.PROVIDER: "partner_owner"}
"""The role of which a company always keeps at least one active member."""

OWN_WORK_PERMISSIONS = frozenset({Permission.VISIT_WORK})
"""Permissions on work that others assign to their holder: granting them gives no power over anybody."""


def in_display_order(roles: Iterable[str]) -> list[str]:
    """The roles, each once, in the order people are shown them: the system's, then the company's own."""
    given = set(roles)
    return [*(role for role in ROLE_NAMES if role in given), *sorted(given.difference(ROLE_NAMES))]


def role_names(available_roles: AvailableRoles) -> Mapping[str, str]:
    """Source texts of system roles, and the names that the company gave its own, by what members' roles hold."""
    return {**ROLE_NAMES, **{code: role.name for code, role in available_roles.own.items()}}


def checked_roles(kind: ActorKind, roles: Iterable[str], available_roles: AvailableRoles) -> list[str]:
    """The roles, each once, in the order people are shown them.

    Raises:
        RoleUnknown: none given, or one that this kind of company does not have.
    """
    wanted = set(roles)
    if not wanted or not all(available_roles.knows(kind, role) for role in wanted):
        raise RoleUnknown(fields={"roles": RoleUnknown.text})
    return in_display_order(wanted)


def may_grant(actor: Actor, kind: ActorKind, roles: Iterable[str], available_roles: AvailableRoles) -> bool:
    """Whether `actor` holds everything that `roles` may do.

    A client's roles reach only into that client's ring, which belongs to the inviting company: whoever keeps the
    client's records may give them.
    """
    if actor.kind is ActorKind.SYSTEM:
        return True
    if kind is ActorKind.CLIENT:
        return actor.may(Permission.CLIENT_WRITE)
    return available_roles.permissions(kind, roles) - OWN_WORK_PERMISSIONS <= actor.permissions


def require_grantable(actor: Actor, kind: ActorKind, roles: Iterable[str], available_roles: AvailableRoles) -> None:
    """
    Raises:
        RoleBeyondOwn: when the roles together may do more than `actor`.
    """
    if not may_grant(actor, kind, roles, available_roles):
        raise RoleBeyondOwn


def grantable_roles(actor: Actor, kind: ActorKind, available_roles: AvailableRoles) -> Sequence[str]:
    """What a form offers."""
    existing = roles_of(kind)
    own = available_roles.own if kind is ActorKind.PROVIDER else ()
    offered = [*(role for role in ROLE_NAMES if role in existing), *own]
    return [role for role in offered if may_grant(actor, kind, [role], available_roles)]
