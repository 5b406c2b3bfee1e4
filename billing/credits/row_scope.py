"""Row scope of credits: staff who look after some clients see theirs."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal

from app.platform.kernel.row_scope import ScopedStaff, row_scope_of
from billing.credits.models import ServiceCredit, ServiceCreditNotice


@row_scope_of(ServiceCredit, ServiceCreditNotice)
def _of_client(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.client_id == any_(literal(staff.clients, ARRAY(Uuid)))
    return found
