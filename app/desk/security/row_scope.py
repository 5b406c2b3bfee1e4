"""Row scope: staff who are held to some clients see theirs. A client reads weeks that are assessed and bulletins that
are published, and of devices and findings those of such weeks."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, select, true

from app.desk.security.models import (
    BulletinEdition,
    SecurityBulletin,
    SecurityCheck,
    SecurityFinding,
    SecurityWeek,
)
from app.desk.security.states import BulletinState, WeekState
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.row_scope import ScopedStaff, private_rows_of, row_scope_of

_week: Any = SecurityWeek.__table__.alias("assessed_week")


@row_scope_of(SecurityWeek, SecurityCheck, SecurityFinding, SecurityBulletin, BulletinEdition)
def _of_clients(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.client_id == any_(literal(staff.clients, ARRAY(Uuid)))
    return found


@private_rows_of(SecurityWeek)
def _assessed(table: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.kind is not ActorKind.CLIENT:
        return true()
    found: ColumnElement[bool] = table.state == WeekState.ASSESSED
    return found


@private_rows_of(SecurityCheck, SecurityFinding)
def _of_assessed_weeks(table: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.kind is not ActorKind.CLIENT:
        return true()
    found: ColumnElement[bool] = table.week_id.in_(
        select(_week.c.id).where(_week.c.tenant_id == actor.tenant_id, _week.c.state == WeekState.ASSESSED)
    )
    return found


@private_rows_of(SecurityBulletin)
def _published(table: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.kind is not ActorKind.CLIENT:
        return true()
    found: ColumnElement[bool] = table.state == BulletinState.PUBLISHED
    return found
