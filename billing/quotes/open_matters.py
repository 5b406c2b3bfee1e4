"""What of quotes has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.quotes.models import Quote
from billing.quotes.permissions import QuotePermission
from billing.quotes.states import QuoteState

_OPEN: Final = (QuoteState.DRAFT, QuoteState.IN_REVIEW, QuoteState.OFFERED)


def _quotes(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Quote.id)).where(Quote.client_id == client_id, Quote.state.in_(_OPEN))


QUOTES: Final = OpenMatter(
    tables=("quote", "offered_quote"),
    label=N_("草稿或等待答复的报价"),
    count=_quotes,
    href="/workspace/quotes?client={client}",
    permission=QuotePermission.QUOTE_READ,
)
