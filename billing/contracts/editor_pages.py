"""The page on which a contract is written. Every button sends the whole form, so that nothing typed is lost."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import FormField, fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import FormProblem, render_form, submit
from app.platform.web.pages import page, translator_of
from billing.contracts.choices import calendar_choices, client_choices, policy_choices, site_choices, tax_choices
from billing.contracts.editor import device_numbers, field_of, kind_of, read_editor, shown_values
from billing.contracts.editor_fields import (
    FIELDS_OF,
    PENALTY_KINDS,
    TIERS_AT_MOST,
    WITH_TIME,
    MoreFields,
    ScopeFields,
    TimeFields,
    WholeFields,
)
from billing.contracts.errors import ContractTermsWrong, ContractVersionMoveRefused
from billing.contracts.permissions import ContractPermission
from billing.contracts.schemas import ContractCreate, ContractTermsWrite, ContractVersionView, ContractView
from billing.contracts.services import ContractDrafts
from billing.contracts.states import ContractState, VersionState
from billing.contracts.template_terms import LINE_KIND_NAMES, TEMPLATE_WORDS, ContractTemplate
from billing.contracts.wording import (
    OUTSIDE_NAMES,
    PENALTY_BASIS_NAMES,
    PREPAID_UNIT_NAMES,
    PRODUCT_NAMES,
    SERVICE_NAMES,
    TIER_MODE_NAMES,
)
from billing.periods import CYCLE_NAMES
from billing.pricebook import PRICE_MODE_NAMES
from billing.terms import BILLED_NAMES

BASE: Final = "/workspace/contracts"
EDIT: Final = f"{BASE}/{{contract_id:uuid}}/edit"
_WRITE = ContractPermission.CONTRACT_WRITE


class LineForm(msgspec.Struct, frozen=True):
    """A line's part of the form. The fields' names begin with `prefix`."""

    key: str
    kind: str
    prefix: str
    fields: tuple[FormField, ...]
    time: tuple[FormField, ...]
    scope: tuple[FormField, ...]
    tiers: range
    troubled: bool
    """Whether something is wrong in the part that is folded up."""


@get(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def new_contract_page(
    request: WebRequest, work: RequestWork, client: FromQuery[UUID | None] = None
) -> Response[Any]:
    """For whom, and what kind of agreement."""
    values = FormValues({"client_id": client, "template": ContractTemplate.RETAINER})
    return await _new_form(request, work, values)


@post(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def create_contract(request: WebRequest) -> Response[Any]:
    """Begin the draft, and go on to its prices."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        made = await ContractDrafts(work).create(form.read(ContractCreate))
        return f"{BASE}/{made.id}/edit"

    return await submit(request, act, partial(_new_form, request))


@get(EDIT, permission=_WRITE, include_in_schema=False)
async def edit_contract_page(request: WebRequest, work: RequestWork, contract_id: FromPath[UUID]) -> Response[Any]:
    """The draft, with what is still to be put right."""
    contract, draft = await _draft(work, contract_id)
    numbers = await device_numbers(work, draft.terms)
    values = shown_values(contract.title, draft.terms, numbers)
    found = await ContractDrafts(work).found_problems(contract_id, draft.id)
    error = None
    if found and request.query_params.get("check"):
        translate = translator_of(request)
        fields = {field_of(each.field): each.said(translate) for each in reversed(found)}
        error = ContractTermsWrong(count=len(found), fields=fields)
    return page(
        request,
        "contracts/editor.html",
        problem=FormProblem.of(error, translator_of(request)),
        **await _context(request, work, contract, draft, values=values, error=error),
    )


@post(EDIT, permission=_WRITE, include_in_schema=False)
async def save_contract(request: WebRequest, contract_id: FromPath[UUID]) -> Response[Any]:
    """Keep the draft; a button may add a line or take one out."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        contract, draft = await _draft(work, contract_id)
        written = await read_editor(work, contract.client_id, form, draft.terms, _first_day(contract, draft))
        wanted = ContractTermsWrite(written.title, written.terms, form.whole_number("version"))
        drafts = ContractDrafts(work)
        await drafts.save_terms(contract_id, wanted)
        if form["action"]:
            return f"{BASE}/{contract_id}/edit#{'lines' if written.terms.lines else 'add'}"
        if await drafts.found_problems(contract_id, draft.id):
            return f"{BASE}/{contract_id}/edit?check=1"
        return f"{BASE}/{contract_id}"

    return await submit(request, act, partial(_edit_form, request, contract_id))


async def _new_form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    translate = translator_of(request)
    return render_form(
        request,
        "contracts/new.html",
        error,
        values=values,
        clients=await client_choices(work),
        templates=[
            {"value": str(template), "label": translate(words.name), "line": translate(words.line)}
            for template, words in TEMPLATE_WORDS.items()
        ],
        base=BASE,
    )


async def _edit_form(
    request: WebRequest, contract_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError
) -> Response[Any]:
    contract, draft = await _draft(work, contract_id)
    context = await _context(request, work, contract, draft, values=values, error=error)
    return render_form(request, "contracts/editor.html", error, **context)


async def _draft(work: UnitOfWork, contract_id: UUID) -> tuple[ContractView, ContractVersionView]:
    """The contract and its draft.

    Raises:
        NotFound: no such contract for this actor.
        ContractVersionMoveRefused: nothing of it is a draft.
    """
    drafts = ContractDrafts(work)
    contract = await drafts.get(contract_id)
    draft = next((each for each in await drafts.versions(contract_id) if each.state == VersionState.DRAFT), None)
    if draft is None:
        raise ContractVersionMoveRefused
    return contract, draft


def _first_day(contract: ContractView, draft: ContractVersionView) -> Any:
    """What runs keeps its first day; a draft of the first version has none yet."""
    return None if contract.state == ContractState.DRAFT else draft.terms.term.start


async def _context(
    request: WebRequest,
    work: UnitOfWork,
    contract: ContractView,
    draft: ContractVersionView,
    *,
    values: FormValues,
    error: DomainError | None,
) -> Mapping[str, Any]:
    translate, terms = translator_of(request), draft.terms
    kept = values.checked("line")
    lines = [line for line in terms.lines if line.key in kept]
    taxes = await tax_choices(work, max(draft.effective_from, terms.term.start), translate)
    choices = {
        "cycle": _named(CYCLE_NAMES, translate),
        "billed": _named(BILLED_NAMES, translate),
        "price_mode": _named(PRICE_MODE_NAMES, translate),
        "outside": _named(OUTSIDE_NAMES, translate),
        **{f"{kind}_basis": _named(PENALTY_BASIS_NAMES, translate) for kind in PENALTY_KINDS},
        "policy_version_id": await policy_choices(work, terms, translate),
        "calendar_version_id": await calendar_choices(work, terms, translate),
    }
    for line in lines:
        prefix = f"lines.{line.key}."
        choices |= {
            f"{prefix}tax": taxes,
            f"{prefix}mode": _named(TIER_MODE_NAMES, translate),
            f"{prefix}unit": _named(PREPAID_UNIT_NAMES, translate),
        }
    troubles = error.fields if error is not None else {}
    runs = contract.state != ContractState.DRAFT
    return {
        "contract": contract,
        "draft": draft,
        "values": values,
        "whole": [field for field in fields_of(WholeFields) if not (runs and field.name == "first_day")],
        "more": fields_of(MoreFields),
        "more_troubled": any(field.name in troubles for field in fields_of(MoreFields)),
        "lines": [_line_form(line, troubles, translate) for line in lines],
        "choices": choices,
        "kinds": _named(LINE_KIND_NAMES, translate),
        "services": _named(SERVICE_NAMES, translate),
        "products": _named(PRODUCT_NAMES, translate),
        "sites": await site_choices(work, contract.client_id),
        "base": f"{BASE}/{contract.id}",
        "list_href": BASE,
        "runs": runs,
    }


def _line_form(line: Any, troubles: Mapping[str, str], translate: Translator) -> LineForm:
    kind, prefix = kind_of(line), f"lines.{line.key}."
    time = fields_of(TimeFields) if kind in WITH_TIME else ()
    folded = {f"{prefix}{field.name}" for field in (*time, *fields_of(ScopeFields))} | {f"{prefix}sites"}
    return LineForm(
        key=line.key,
        kind=translate(LINE_KIND_NAMES[kind]),
        prefix=prefix,
        fields=_prefixed(fields_of(FIELDS_OF[kind]), prefix),
        time=_prefixed(time, prefix),
        scope=_prefixed(fields_of(ScopeFields), prefix),
        tiers=range(TIERS_AT_MOST if kind == "per_device" else 0),
        troubled=any(name in troubles for name in folded),
    )


def _prefixed(fields: tuple[FormField, ...], prefix: str) -> tuple[FormField, ...]:
    return tuple(msgspec.structs.replace(field, name=f"{prefix}{field.name}") for field in fields)


def _named(names: Mapping[Any, str], translate: Translator) -> list[tuple[str, str]]:
    return [(str(value), translate(name)) for value, name in names.items()]


handlers = handlers_of(__name__)
