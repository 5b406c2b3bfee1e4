"""Rates, rules and runs as JSON, for headquarters."""

from typing import Final
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from billing.royalties.api import TAGS
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import RateCreate, RateView, RuleCreate, RuleView, RunStart, RunView
from billing.royalties.services.rates import RoyaltyRates
from billing.royalties.services.runs import RoyaltyRuns

_WRITE: Final = RoyaltyPermission.ROYALTY_WRITE


@get("/royalties/rates", permission=_WRITE, tags=TAGS)
async def list_rates(work: RequestWork) -> Page[RateView]:
    """All rates, the newest first, on one page."""
    return Page(await RoyaltyRates(work).rates())


@post("/royalties/rates", permission=_WRITE, tags=TAGS)
@idempotent()
async def add_rate(request: WebRequest, work: RequestWork, data: JSONBody[RateCreate]) -> RateView:
    """Set a rate from a day on; inside a month it is applied by days."""
    return await RoyaltyRates(work).add(data)


@delete("/royalties/rates/{royalty_rate_id:uuid}", permission=_WRITE, tags=TAGS)
async def withdraw_rate(work: RequestWork, royalty_rate_id: FromPath[UUID]) -> None:
    """Take back a rate that has not begun."""
    await RoyaltyRates(work).withdraw(royalty_rate_id)


@get("/royalties/rules", permission=_WRITE, tags=TAGS)
async def list_rules(work: RequestWork) -> Page[RuleView]:
    """All rules, the newest first, on one page."""
    return Page(await RoyaltyRates(work).rules())


@post("/royalties/rules", permission=_WRITE, tags=TAGS)
@idempotent()
async def add_rule(request: WebRequest, work: RequestWork, data: JSONBody[RuleCreate]) -> RuleView:
    """Set how royalties are reckoned and invoiced from a month on."""
    return await RoyaltyRates(work).add_rule(data)


@get("/royalties/runs", permission=_WRITE, tags=TAGS)
async def list_royalty_runs(work: RequestWork) -> Page[RunView]:
    """The months that were stated, the newest first, on one page."""
    return Page(await RoyaltyRuns(work).recent())


@post("/royalties/runs", permission=_WRITE, tags=TAGS)
@idempotent()
async def start_royalty_run(request: WebRequest, work: RequestWork, data: JSONBody[RunStart]) -> RunView:
    """Have the statements of a month made; asked again, how far they are."""
    return await RoyaltyRuns(work).start(data)


handlers = handlers_of(__name__)
