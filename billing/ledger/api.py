"""The ledger as JSON."""

from datetime import date
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page, decode_position, encode_position
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from billing.ledger.months import LedgerMonths
from billing.ledger.permissions import LedgerPermission
from billing.ledger.reading import LedgerReading
from billing.ledger.schemas import LedgerBalance, LedgerEntryView, LedgerFinding, LedgerMonthView, MonthToClose
from billing.ledger.verification import verify

TAGS = ["ledger"]
ENTRIES_ON_A_PAGE = 50


class EntryPosition(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of entries ends."""

    day: date
    id: UUID


@get("/ledger/balances", permission=LedgerPermission.LEDGER_READ, tags=TAGS)
async def list_balances(
    work: RequestWork, before: FromQuery[date | None] = None, client_id: FromQuery[UUID | None] = None
) -> Page[LedgerBalance]:
    """Every account with the sums of its two sides, on one page: of all days, or of those before `before`."""
    return Page(await LedgerReading(work).balances(before=before, client_id=client_id))


@get("/ledger/entries", permission=LedgerPermission.LEDGER_READ, tags=TAGS)
async def list_entries(work: RequestWork, cursor: FromQuery[str | None] = None) -> Page[LedgerEntryView]:
    """Entries with their postings, the newest day first."""
    position = decode_position(cursor, EntryPosition) if cursor else None
    found = await LedgerReading(work).entries(
        after=(position.day, position.id) if position else None, limit=ENTRIES_ON_A_PAGE + 1
    )
    shown = found[:ENTRIES_ON_A_PAGE]
    more = len(found) > len(shown)
    return Page(shown, encode_position(EntryPosition(shown[-1].day, shown[-1].id)) if more else None)


@get("/ledger/entries/{entry_id:uuid}", permission=LedgerPermission.LEDGER_READ, tags=TAGS)
async def read_entry(work: RequestWork, entry_id: FromPath[UUID]) -> LedgerEntryView:
    """One entry with its postings."""
    return await LedgerReading(work).entry(entry_id)


@get("/ledger/months", permission=LedgerPermission.LEDGER_READ, tags=TAGS)
async def list_closed_months(work: RequestWork) -> Page[LedgerMonthView]:
    """The closed months, the newest first, on one page."""
    return Page(await LedgerMonths(work).closed())


@post("/ledger/months", permission=LedgerPermission.LEDGER_WRITE, tags=TAGS)
@idempotent()
async def close_month(request: WebRequest, work: RequestWork, data: JSONBody[MonthToClose]) -> Page[LedgerMonthView]:
    """Close a month for good, and read the closed ones."""
    months = LedgerMonths(work)
    await months.close(data.month)
    return Page(await months.closed())


@get("/ledger/verification", permission=LedgerPermission.LEDGER_READ, tags=TAGS)
async def verify_ledger(work: RequestWork) -> Page[LedgerFinding]:
    """Check the books; nothing on the page means that all of them are in order."""
    return Page(await verify(work))


handlers = handlers_of(__name__)
