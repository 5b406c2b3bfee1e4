"""Row scope of recovery cases: staff who are held to some clients see theirs, and the cases that they are on. The
names of a case's files are for the people on the case alone, whatever else somebody may see."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, false, literal, or_, select, true

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.row_scope import ScopedStaff, private_rows_of, row_scope_of
from billing.data_recovery.models import (
    CustodyEntry,
    CustodyReceipt,
    DisposalCertificate,
    RecoveredFile,
    RecoveryCase,
    RecoveryMedium,
    RecoveryPerson,
)
from billing.data_recovery.permissions import RecoveryPermission

_person: Any = RecoveryPerson.__table__.alias("on_case")


def _cases_of(tenant_id: Any, membership_id: Any) -> Any:
    return select(_person.c.case_id).where(
        _person.c.tenant_id == tenant_id, _person.c.membership_id == membership_id, _person.c.left_at.is_(None)
    )


def _of_client(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.client_id == any_(literal(staff.clients, ARRAY(Uuid)))
    return found


@row_scope_of(RecoveryCase)
def _cases(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return or_(_of_client(table, staff), table.id.in_(_cases_of(staff.tenant_id, staff.engineer_id)))


@row_scope_of(RecoveryMedium, CustodyEntry, RecoveryPerson, CustodyReceipt, DisposalCertificate, RecoveredFile)
def _records_of_cases(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return or_(_of_client(table, staff), table.case_id.in_(_cases_of(staff.tenant_id, staff.engineer_id)))


@private_rows_of(RecoveredFile)
def _file_names(table: Any, actor: Actor) -> ColumnElement[bool]:
    """At the company those on the case; at the client those who accept results. Headquarters never, grant or not."""
    match actor.kind:
        case ActorKind.PROVIDER:
            found: ColumnElement[bool] = table.case_id.in_(_cases_of(actor.tenant_id, actor.membership_id))
            return found
        case ActorKind.CLIENT:
            return true() if actor.may(RecoveryPermission.RECOVERY_CASE_DECIDE) else false()
        case _:
            return false()
