"""Which tickets an actor may see: one rule for record, list, count, search, export and live streams alike.

The database keeps the rings; this rule narrows inside them, and repeats the ring so that indexes are found.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, literal, or_, select
from sqlalchemy.orm import aliased

from app.kernel.actor import Actor, ActorKind, Scope
from app.tickets.models import Ticket, Visit
from rbac import Permission

SEES_ALL = frozenset({Permission.TICKET_ASSIGN, Permission.TICKET_TRIAGE})
"""Who dispatches or answers for quality sees every ticket of the partner; an engineer sees the work that is theirs."""


class Visibility(StrEnum):
    """How far an actor sees inside the tenant."""

    EVERYTHING = "everything"
    OWN_WORK = "own_work"
    CLIENT = "client"
    REPORTER = "reporter"


def visibility_of(actor: Actor) -> Visibility:
    """How far `actor` sees."""
    match actor.kind:
        case ActorKind.REPORTER:
            return Visibility.REPORTER
        case _ if actor.scope is Scope.CLIENT:
            return Visibility.CLIENT
        case ActorKind.PROVIDER if not SEES_ALL & actor.permissions:
            return Visibility.OWN_WORK
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
        case Visibility.OWN_WORK:
            # Asked ticket by ticket, in words that PostgreSQL does not turn around: the list of all visits that an
            # engineer ever made grows with the years.
            visit = aliased(Visit)
            visitors = (
                select(visit.engineer_id)
                .where(visit.tenant_id == values["actor_tenant"], visit.ticket_id == Ticket.id)
                .correlate(Ticket)
            )
            engineer = values["actor_engineer"]
            return [tenant, or_(Ticket.engineer_id == engineer, _value(engineer).in_(visitors))]


def _value(given: Any) -> ColumnElement[UUID]:
    return given if isinstance(given, ColumnElement) else literal(given, Uuid())


_PARAMETERS = ("actor_tenant", "actor_client", "actor_reporter", "actor_engineer")


def parameters(actor: Actor) -> dict[str, Any]:
    """The values of the named parameters."""
    return {
        "actor_tenant": actor.tenant_id,
        "actor_client": actor.client_id,
        "actor_reporter": actor.reporter_id,
        "actor_engineer": actor.engineer_id,
    }


def visible_to(actor: Actor) -> list[ColumnElement[bool]]:
    """The rule for this actor, for statements that are built where they are used."""
    return conditions(visibility_of(actor), parameters(actor))
