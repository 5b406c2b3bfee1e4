"""The roles that every company has without composing any. What they may do is declared by the areas."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.platform.kernel.actor import ActorKind


class SystemRole(NamedTuple):
    """A role of one kind of people; it may all that the roles it includes may."""

    kind: ActorKind
    includes: tuple[str, ...] = ()


SYSTEM_ROLES: Final[Mapping[str, SystemRole]] = {
    "hq_administrator": SystemRole(ActorKind.HQ, ("hq_quality_officer", "hq_finance")),
    "hq_quality_officer": SystemRole(ActorKind.HQ),
    "hq_finance": SystemRole(ActorKind.HQ),
    "engineer": SystemRole(ActorKind.PROVIDER),
    "dispatcher": SystemRole(ActorKind.PROVIDER),
    "team_leader": SystemRole(ActorKind.PROVIDER, ("engineer",)),
    "quality_agent": SystemRole(ActorKind.PROVIDER),
    "service_manager": SystemRole(ActorKind.PROVIDER, ("dispatcher", "quality_agent")),
    "partner_finance": SystemRole(ActorKind.PROVIDER),
    "partner_owner": SystemRole(ActorKind.PROVIDER, ("service_manager", "partner_finance")),
    "client_contact": SystemRole(ActorKind.CLIENT),
    "client_approver": SystemRole(ActorKind.CLIENT, ("client_contact",)),
    "client_finance": SystemRole(ActorKind.CLIENT),
    "client_administrator": SystemRole(ActorKind.CLIENT, ("client_contact",)),
    "reporter": SystemRole(ActorKind.REPORTER),
}
"""By code; of each kind in the order in which matrices show them."""
