"""The company's rule of quotes among the settings. Forms work without script."""

from functools import partial
from typing import Any, Final

from litestar import Response, get, post

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from billing.quotes.permissions import QuotePermission
from billing.quotes.rules import QuoteRules
from billing.quotes.schemas import QuoteRuleWrite
from billing.quotes.wording import quantity_text

HERE: Final = "/workspace/quote-rule"


@get(HERE, permission=QuotePermission.QUOTE_RULE_WRITE, include_in_schema=False)
async def rule_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Lowest margin, discounts by role, default validity."""
    rule = await QuoteRules(work).get()
    numbers = {name: getattr(rule, name) for name in ("lowest_margin", "dispatcher", "service_manager")}
    shown = {name: "" if value is None else quantity_text(value) for name, value in numbers.items()}
    return await _form(request, work, FormValues.of(rule, **shown))


@post(HERE, permission=QuotePermission.QUOTE_RULE_WRITE, include_in_schema=False)
async def write_rule(request: WebRequest) -> Response[Any]:
    """Set the rule."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await QuoteRules(work).write(form.read(QuoteRuleWrite))
        return HERE

    return await submit(request, act, partial(_form, request))


async def _form(
    request: WebRequest, _: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(request, "quotes/rule.html", error, fields=fields_of(QuoteRuleWrite), values=values)


handlers = handlers_of(__name__)
