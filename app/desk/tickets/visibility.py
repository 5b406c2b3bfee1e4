"""Which tickets an actor may see: one rule for record, list, count, search, export and live streams.

Row-level security enforces the rings; this rule narrows inside them and repeats the ring so that indexes are used.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Uuid, any_, bindparam, literal, or_, select
from sqlalchemy.orm import aliased

from app.desk.tickets.models import Ticket, Visit
from app.platform.kernel.actor import Actor, ActorKind, Scope


class Visibility(StrEnum):
    """Extent of an actor's view inside the tenant."""

    EVERYTHING = "everything"
    OWN_WORK = "own_work"
    """Tickets assigned to the actor as an engineer."""
    ASSIGNED = "assigned"
    """Own work, and all tickets of the assigned clients."""
    CLIENT = "client"
    REPORTER = "reporter"


def visibility_of(actor: Actor) -> Visibility:
    """The extent of `actor`'s view."""
    match actor.kind:
        case ActorKind.REPORTER:
            return Visibility.REPORTER
        case _ if actor.scope is Scope.CLIENT:
            return Visibility.CLIENT
        case ActorKind.PROVIDER if actor.clients is not None:
            return Visibility.ASSIGNED if actor.clients else Visibility.OWN_WORK
        case _:
            return Visibility.EVERYTHING


def conditions(visibility: Visibility, given: Mapping[str, Any] | None = None) -> list[ColumnElement[bool]]:
    """The rule, with named parameters for a statement that is written once, or with the `given` values."""
    values = given or {name: bindparam(name) for name in _PARAMETERS}
    tenant = Ticket.tenant_id == values["actor_tenant"]
    of_client = Ticket.client_id == values["actor_client"]
    match visibility:
        case Visibility.EVERYTHING:
            return [tenant]
        case Visibility.CLIENT:
            return [tenant, of_client]
        case Visibility.REPORTER:
            return [tenant, of_client, Ticket.reporter_id == values["actor_reporter"]]
        case Visibility.OWN_WORK | Visibility.ASSIGNED:
            # Written so that PostgreSQL checks ticket by ticket: the list of all visits that an engineer ever made
            # grows with the years.
            visit = aliased(Visit)
            visitors = (
                select(visit.engineer_id)
                .where(visit.tenant_id == values["actor_tenant"], visit.ticket_id == Ticket.id)
                .correlate(Ticket)
            )
            engineer = values["actor_engineer"]
            own = (Ticket.engineer_id == engineer, _value(engineer).in_(visitors))
            if visibility is Visibility.OWN_WORK:
                return [tenant, or_(*own)]
            return [tenant, or_(Ticket.client_id == any_(_values(values["actor_clients"])), *own)]


def _value(given: Any) -> ColumnElement[UUID]:
    return given if isinstance(given, ColumnElement) else literal(given, Uuid())


def _values(given: Any) -> ColumnElement[Any]:
    return bindparam(given.key, type_=ARRAY(Uuid)) if isinstance(given, BindParameter) else literal(given, ARRAY(Uuid))


_PARAMETERS = ("actor_tenant", "actor_client", "actor_reporter", "actor_engineer", "actor_clients")


def parameters(actor: Actor) -> dict[str, Any]:
    """The values of the named parameters."""
    return {
        "actor_tenant": actor.tenant_id,
        "actor_client": actor.client_id,
        "actor_reporter": actor.reporter_id,
        "actor_engineer": actor.engineer_id,
        "actor_clients": list(actor.clients or ()),
    }


def visible_to(actor: Actor) -> list[ColumnElement[bool]]:
    """The rule for this actor, for statements that are built where they are used."""
    return conditions(visibility_of(actor), parameters(actor))
