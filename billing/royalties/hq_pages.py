"""Headquarters' pages of royalties: rates and rules, runs, ageing, and what it does with statements and invoices."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from billing.periods import months_after
from billing.pricebook import tax_rates_on
from billing.rating import CATEGORY_NAMES
from billing.royalties.pages import HQ, render_statement, vocabulary
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.reckoning import ANY_LEVEL
from billing.royalties.schemas import (
    Agreement,
    Answer,
    Correction,
    PaymentRecord,
    PaymentTaking,
    RateCreate,
    RuleCreate,
    RunStart,
)
from billing.royalties.services.ageing import AGEING_STEP_NAMES, royalty_ageing
from billing.royalties.services.invoices import RoyaltyInvoices
from billing.royalties.services.rates import RoyaltyRates
from billing.royalties.services.runs import RoyaltyRuns
from billing.royalties.services.statements import RoyaltyStatements
from billing.royalties.states import ROYALTY_RUN_STATE_NAMES
from billing.royalties.wording import BASIS_NAMES, category_text, level_text, rate_text

RATES: Final = f"{HQ}/rates"
RUNS: Final = f"{HQ}/runs"
_WRITE: Final = RoyaltyPermission.ROYALTY_WRITE
_RECORD: Final = f"{HQ}/{{royalty_statement_id:uuid}}"
USUAL_TAX: Final = "vat_6"
HIGHEST_LEVEL: Final = 5


@get(RATES, permission=_WRITE, include_in_schema=False)
async def rates_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Rates and rules, and the forms for others."""
    return await _rates(request, work, FormValues())


@post(RATES, permission=_WRITE, include_in_schema=False)
async def add_rate_by_form(request: WebRequest) -> Response[Any]:
    """Set a rate."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RoyaltyRates(work).add(form.read(RateCreate))
        return RATES

    return await submit(request, act, partial(_rates, request))


@post(f"{RATES}/{{royalty_rate_id:uuid}}/withdraw", permission=_WRITE, include_in_schema=False)
async def withdraw_rate_by_form(request: WebRequest, royalty_rate_id: FromPath[UUID]) -> Response[Any]:
    """Take back a rate that has not begun."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await RoyaltyRates(work).withdraw(royalty_rate_id)
        return RATES

    return await submit(request, act, partial(_rates, request))


@post(f"{HQ}/rules", permission=_WRITE, include_in_schema=False)
async def add_rule_by_form(request: WebRequest) -> Response[Any]:
    """Set a rule."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RoyaltyRates(work).add_rule(form.read(RuleCreate))
        return RATES

    return await submit(request, act, partial(_rates, request))


@get(RUNS, permission=_WRITE, include_in_schema=False)
async def runs_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The months that were stated, and the next one."""
    return await _runs(request, work, FormValues())


@post(RUNS, permission=_WRITE, include_in_schema=False)
async def start_run_by_form(request: WebRequest) -> Response[Any]:
    """Have a month stated."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RoyaltyRuns(work).start(form.read(RunStart))
        return RUNS

    return await submit(request, act, partial(_runs, request))


@get(f"{HQ}/ageing", permission=_WRITE, include_in_schema=False)
async def ageing_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What partners owe by the days since it was due."""
    return page(
        request,
        "royalties/ageing.html",
        rows=await royalty_ageing(work),
        step_names=AGEING_STEP_NAMES,
        **vocabulary(request),
    )


@post(f"{_RECORD}/uphold", permission=_WRITE, include_in_schema=False)
async def uphold_by_form(request: WebRequest, royalty_statement_id: FromPath[UUID]) -> Response[Any]:
    """Stay with what was said."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        statements = RoyaltyStatements(work)
        await statements.get(royalty_statement_id)
        await statements.uphold(royalty_statement_id, form.read(Answer))
        return f"{HQ}/{royalty_statement_id}"

    return await submit(request, act, partial(render_statement, request, royalty_statement_id))


@post(f"{_RECORD}/correct", permission=_WRITE, include_in_schema=False)
async def correct_by_form(request: WebRequest, royalty_statement_id: FromPath[UUID]) -> Response[Any]:
    """Reckon anew."""
    engine = runtime_of(request).engine("network")

    async def act(work: UnitOfWork, form: FormValues) -> str:
        statements = RoyaltyStatements(work)
        await statements.get(royalty_statement_id)
        await statements.correct(royalty_statement_id, form.read(Correction), engine)
        return f"{HQ}/{royalty_statement_id}"

    return await submit(request, act, partial(render_statement, request, royalty_statement_id))


@post(f"{_RECORD}/invoice", permission=_WRITE, include_in_schema=False)
async def invoice_by_form(request: WebRequest, royalty_statement_id: FromPath[UUID]) -> Response[Any]:
    """Invoice an agreed statement."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RoyaltyStatements(work).get(royalty_statement_id)
        await RoyaltyInvoices(work).issue(royalty_statement_id, form.read(Agreement).version)
        return f"{HQ}/{royalty_statement_id}"

    return await submit(request, act, partial(render_statement, request, royalty_statement_id))


@post(f"{_RECORD}/payments", permission=_WRITE, include_in_schema=False)
async def record_payment_by_form(request: WebRequest, royalty_statement_id: FromPath[UUID]) -> Response[Any]:
    """Money came in for the statement's invoice."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        invoices = RoyaltyInvoices(work)
        await invoices.record_payment(await invoices.id_of(royalty_statement_id), form.read(PaymentRecord))
        return f"{HQ}/{royalty_statement_id}"

    return await submit(request, act, partial(render_statement, request, royalty_statement_id))


@post(
    f"{_RECORD}/payments/{{royalty_payment_id:uuid}}/take-back",
    permission=_WRITE,
    include_in_schema=False,
)
async def take_payment_back_by_form(
    request: WebRequest, royalty_statement_id: FromPath[UUID], royalty_payment_id: FromPath[UUID]
) -> Response[Any]:
    """It did not come in after all."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        invoices = RoyaltyInvoices(work)
        await invoices.id_of(royalty_statement_id)
        await invoices.take_payment_back(royalty_payment_id, form.read(PaymentTaking))
        return f"{HQ}/{royalty_statement_id}"

    return await submit(request, act, partial(render_statement, request, royalty_statement_id))


async def _rates(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    _, rates = translator_of(request), RoyaltyRates(work)
    today = platform_day(work.now)
    next_month = months_after(today.replace(day=1), 1).isoformat()
    rules, taxes = await rates.rules(), await tax_rates_on(work, today)
    usual: dict[str, Any] = {
        "effective_from": next_month,
        "star_level": str(ANY_LEVEL),
        "tax": USUAL_TAX,
        "answer_days": "10",
        "payment_days": "15",
    }
    if rules:
        newest = rules[0]
        names = ("basis", "tax", "answer_days", "payment_days", "seller_title", "seller_tax_number")
        usual |= {name: str(getattr(newest, name)) for name in (*names, "bank_name", "bank_account")}
    return render_form(
        request,
        "royalties/rates.html",
        error,
        rates=[(category_text(each.category, _), level_text(each.star_level, _), each) for each in await rates.rates()],
        rules=rules,
        basis_names=BASIS_NAMES,
        rate=rate_text,
        values=values.over(usual),
        rate_fields=fields_of(RateCreate),
        rule_fields=fields_of(RuleCreate),
        categories=[(str(each), _(name)) for each, name in CATEGORY_NAMES.items()],
        levels=[(str(level), level_text(level, _)) for level in range(HIGHEST_LEVEL + 1)],
        bases=[(str(each), _(name)) for each, name in BASIS_NAMES.items()],
        taxes=[(code, _(N_("免税")) if share is None else rate_text(share)) for code, share in taxes.items()],
        **vocabulary(request),
    )


async def _runs(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    runs = RoyaltyRuns(work)
    next_month = await runs.next_month()
    return render_form(
        request,
        "royalties/runs.html",
        error,
        runs=await runs.recent(),
        next_month=next_month,
        fields=fields_of(RunStart),
        run_state_names=ROYALTY_RUN_STATE_NAMES,
        values=values.over({"month": next_month.isoformat() if next_month else ""}),
        **vocabulary(request),
    )


handlers = handlers_of(__name__)
