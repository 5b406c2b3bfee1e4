"""Logs of a client that are still being brought in."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.data_exchange.ticket_import.models import TicketImport
from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_


def _ticket_imports(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(TicketImport.id)).where(
        TicketImport.client_id == client_id, TicketImport.finished_at.is_(None)
    )


TICKET_IMPORTS: Final = OpenMatter(
    tables=("ticket_import",), label=N_("没有完成的历史服务单导入"), count=_ticket_imports
)
