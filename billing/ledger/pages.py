"""The books in the partner workspace: balances, postings, one entry, closing a month, and a check of all of it."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy import select

from app.assets.clients.models import Client
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from app.platform.web.records import RecordHead, record_page
from billing.ledger.accounts import ACCOUNT_NAMES, AccountKind
from billing.ledger.listing import POSTINGS
from billing.ledger.months import LedgerMonths
from billing.ledger.permissions import LedgerPermission
from billing.ledger.reading import LedgerReading
from billing.ledger.schemas import MonthToClose
from billing.ledger.verification import FINDING_NAMES, verify
from billing.money import minor_text, price_text
from billing.pricebook import EXEMPT
from billing.rating import CATEGORY_NAMES, ChargeCategory

BASE: Final = "/workspace/ledger"
_READ, _WRITE = LedgerPermission.LEDGER_READ, LedgerPermission.LEDGER_WRITE


@get(BASE, permission=_READ, include_in_schema=False)
async def balances_page(request: WebRequest, work: RequestWork, until: FromQuery[date | None] = None) -> Response[Any]:
    """What stands on every account at the end of the day `until`, or now; and which month is to be closed."""
    balances = await LedgerReading(work).balances(before=None if until is None else until + timedelta(days=1))
    return await _balances(
        request, work, until=until, balances=[each for each in balances if each.debit or each.credit]
    )


async def _balances(
    request: WebRequest, work: UnitOfWork, error: DomainError | None = None, **context: Any
) -> Response[Any]:
    months, actor = LedgerMonths(work), actor_of(request)
    if "balances" not in context:
        balances = await LedgerReading(work).balances()
        context |= {"until": None, "balances": [each for each in balances if each.debit or each.credit]}
    return render_form(
        request,
        "ledger/balances.html",
        error,
        base=BASE,
        account_names=ACCOUNT_NAMES,
        client_names=await _client_names(work, (each.client_id for each in context["balances"])),
        amount=minor_text,
        detail=partial(_detail, translator_of(request)),
        next_month=await months.next_to_close(),
        closed=await months.closed(),
        may_close=actor.may(_WRITE) and not actor.read_only,
        **context,
    )


@post(f"{BASE}/months", permission=_WRITE, include_in_schema=False)
async def close_month(request: WebRequest) -> Response[Any]:
    """Close the oldest month that is over."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await LedgerMonths(work).close(form.read(MonthToClose).month)
        return BASE

    return await submit(request, act, partial(_refused, request))


async def _refused(
    request: WebRequest, work: UnitOfWork, _: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return await _balances(request, work, error)


@get(f"{BASE}/postings", permission=_READ, include_in_schema=False)
async def postings_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All postings, the newest day first."""
    return await list_page(
        request,
        work,
        POSTINGS,
        "ledger/postings.html",
        base=BASE,
        account_names=ACCOUNT_NAMES,
        price=price_text,
        detail=partial(_detail, translator_of(request)),
    )


@get(f"{BASE}/entries/{{entry_id:uuid}}", permission=_READ, include_in_schema=False)
async def entry_page(request: WebRequest, work: RequestWork, entry_id: FromPath[UUID]) -> Response[Any]:
    """One entry with its postings."""
    entry = await LedgerReading(work).entry(entry_id)
    ids = (each for posting in entry.postings for each in (posting.debit_client_id, posting.credit_client_id))
    return record_page(
        request,
        "ledger/entry.html",
        RecordHead(
            kind="ledger_entry",
            id=entry.id,
            title=entry.remark or str(entry.day),
            base=f"{BASE}/entries/{entry.id}",
            list_href=f"{BASE}/postings",
            list_label=N_("分录"),
            tab=request.query_params.get("tab", ""),
        ),
        base=BASE,
        entry=entry,
        account_names=ACCOUNT_NAMES,
        client_names=await _client_names(work, ids),
        amount=minor_text,
        detail=partial(_detail, translator_of(request)),
    )


@get(f"{BASE}/verification", permission=_READ, include_in_schema=False)
async def verification_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Whether all of the books are in order, checked now."""
    return page(
        request, "ledger/verification.html", base=BASE, findings=await verify(work), finding_names=FINDING_NAMES
    )


def _detail(translate: Translator, kind: str, detail: str) -> str:
    """Which account of its kind: the kind of charge, the tax rate, the bank account."""
    match kind:
        case AccountKind.REVENUE:
            return translate(CATEGORY_NAMES[ChargeCategory(detail)]) if detail in CATEGORY_NAMES else detail
        case AccountKind.OUTPUT_TAX:
            return translate(EXEMPT) if detail == "exempt" else f"{(Decimal(detail) * 100).normalize():f}%"
        case _:
            return detail


async def _client_names(work: UnitOfWork, client_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    ids = {each for each in client_ids if each is not None}
    rows = await work.session.execute(select(Client.id, Client.short_name).where(Client.id.in_(ids)))
    return {row.id: row.short_name for row in rows}


handlers = [*handlers_of(__name__), *list_handlers(POSTINGS)]
