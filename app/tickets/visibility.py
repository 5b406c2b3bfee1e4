"""Which tickets an actor may see: one rule for record, list, count, search, export and live streams alike.

The database keeps the rings; this rule narrows inside them, and repeats the ring so that indexes are found.
"""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.kernel.actor import Actor, ActorKind
from app.tickets.models import Ticket, Visit
from rbac import Permission

SEES_ALL = frozenset({Permission.TICKET_ASSIGN, Permission.TICKET_TRIAGE})
"""Who dispatches or answers for quality sees every ticket of the partner; an engineer sees the work that is theirs."""


def visible_to(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on `Ticket` for this actor."""
    conditions: list[ColumnElement[bool]] = [Ticket.tenant_id == actor.tenant_id]
    match actor.kind:
        case ActorKind.REPORTER:
            conditions += [Ticket.client_id == actor.client_id, Ticket.reporter_id == actor.reporter_id]
        case ActorKind.CLIENT:
            conditions.append(Ticket.client_id == actor.client_id)
        case ActorKind.PROVIDER if not SEES_ALL & actor.permissions:
            own_visits: Any = select(Visit.ticket_id).where(
                Visit.tenant_id == actor.tenant_id, Visit.engineer_id == actor.engineer_id
            )
            conditions.append(or_(Ticket.engineer_id == actor.engineer_id, Ticket.id.in_(own_visits)))
    return conditions
