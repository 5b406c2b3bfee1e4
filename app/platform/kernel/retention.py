"""Retention: deletes rows that are older than the rule of their table, in small transactions.

A table is walked along its key, which is in order of time, a thousand rows in a transaction of their own, and the walk
ends where nothing is old any more: no index is needed, and nobody waits. Twice is once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from app.platform.kernel.actor import Actor
from app.platform.kernel.model import TenantModel
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings

STEP: Final = 1_000


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long the rows of a table stay."""

    model: type[TenantModel]
    since: InstrumentedAttribute[Any]
    """What their age is counted from."""
    kept: Callable[[Settings], timedelta]
    only: ColumnElement[bool] | None = None
    """Which of the old rows may be deleted; all of them without it."""


async def delete_expired(runtime: Runtime, tenant_id: UUID, rule: RetentionRule, *, step: int = STEP) -> int:
    """Delete the rows that the rule no longer keeps; returns how many."""
    last, gone = UUID(int=0), 0
    while True:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            old_enough = rule.since < work.now - rule.kept(runtime.settings)
            rows = (
                await work.session.execute(
                    select(rule.model.id, old_enough).where(rule.model.id > last).order_by(rule.model.id).limit(step)
                )
            ).all()
            old = [row_id for row_id, is_old in rows if is_old]
            if old:
                left = await work.session.scalars(
                    delete(rule.model)
                    .where(rule.model.id.in_(old), old_enough, *([] if rule.only is None else [rule.only]))
                    .returning(rule.model.id)
                    .execution_options(synchronize_session=False)
                )
                gone += len(left.all())
        if len(rows) < step or not old:
            return gone
        last = rows[-1][0]
