"""Contracts in the partner workspace: the list, one contract, a client's. Forms work without script."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.clients.web_interface import client_record
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import FormField, fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from billing.contracts.agreement.service import ContractAgreement
from billing.contracts.choices import calendar_name, policy_name, site_choices, tax_choices
from billing.contracts.dates import DATE_KIND_NAMES
from billing.contracts.listing import CONTRACTS
from billing.contracts.milestones import Milestones
from billing.contracts.permissions import ContractPermission
from billing.contracts.prepaid import blocks_of
from billing.contracts.schemas import (
    ContractAcceptance,
    ContractAmend,
    ContractEnd,
    ContractReturn,
    ContractSuspend,
    ContractVersionView,
    ContractView,
    MilestoneAcceptance,
    MilestoneReport,
    MilestoneView,
    PrepaidPurchase,
)
from billing.contracts.services import ContractDrafts, RunningContracts
from billing.contracts.states import (
    CONTRACT_MACHINE,
    CONTRACT_STATE_NAMES,
    MILESTONE_REASON_NAMES,
    MILESTONE_STATE_NAMES,
    OPEN_VERSION,
    RUNNING,
    VERSION_STATE_NAMES,
    MilestoneState,
)
from billing.contracts.template_terms import LINE_KIND_NAMES
from billing.contracts.wording import (
    OUTSIDE_NAMES,
    penalty_words,
    percent,
    price_words,
    quantity_words,
    scope_words,
)
from billing.periods import CYCLE_NAMES
from billing.pricebook import PRICE_MODE_NAMES
from billing.terms import BILLED_NAMES, PrepaidBlock, Terms

BASE: Final = "/workspace/contracts"
ONE: Final = f"{BASE}/{{contract_id:uuid}}"
_READ, _WRITE = ContractPermission.CONTRACT_READ, ContractPermission.CONTRACT_WRITE

Step = Callable[[UnitOfWork, UUID, FormValues], Awaitable[object]]


@get(BASE, permission=_READ, include_in_schema=False)
async def contracts_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All contracts."""
    return await list_page(request, work, CONTRACTS, "contracts/list.html", state_names=CONTRACT_STATE_NAMES)


@get(ONE, permission=_READ, include_in_schema=False)
async def contract_page(
    request: WebRequest, work: RequestWork, contract_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One contract: what was agreed, what comes next."""
    return await _record(request, contract_id, tab, work)


@post(f"{ONE}/{{step:str}}", permission=_WRITE, include_in_schema=False)
async def take_step(request: WebRequest, contract_id: FromPath[UUID], step: FromPath[str]) -> Response[Any]:
    """One move of the contract, named by the button's address."""
    take = _STEPS.get(step)
    if take is None:
        raise NotFound

    async def act(work: UnitOfWork, form: FormValues) -> str:
        prefix = _prefix(step, form["line_key"])
        own = {name.removeprefix(prefix): form.checked(name) for name in form if name.startswith(prefix)}
        known = {name: form.checked(name) for name in ("version", "line_key") if name in form}
        try:
            await take(work, contract_id, FormValues(known | own))
        except DomainError as error:
            error.fields = {f"{prefix}{name}": text for name, text in error.fields.items()}
            raise
        return f"{BASE}/{contract_id}/edit" if step in _TO_THE_EDITOR else f"{BASE}/{contract_id}"

    return await submit(request, act, partial(_record, request, contract_id, ""))


@get("/workspace/clients/{client_id:uuid}/contracts", permission=_READ, include_in_schema=False)
async def client_contracts_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """A client's contracts, those that run first."""
    return record_page(
        request,
        "contracts/client.html",
        **await client_record(work, client_id, "contracts"),
        contracts=await ContractDrafts(work).of_client(client_id),
        state_names=CONTRACT_STATE_NAMES,
        base=BASE,
    )


async def _record(
    request: WebRequest,
    contract_id: UUID,
    tab: str,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    drafts, translate = ContractDrafts(work), translator_of(request)
    contract = await drafts.get(contract_id)
    versions = await drafts.versions(contract_id)
    opened = next((each for each in versions if each.state in OPEN_VERSION), None)
    current = next((each for each in versions if each.id == contract.current_version_id), versions[0])
    # What a contract says that does not run yet is what is being agreed.
    shown = current if contract.state in RUNNING or opened is None else opened
    record = RecordHead(
        kind="contract",
        id=contract.id,
        title=contract.title,
        number=contract.number or "",
        base=f"{BASE}/{contract.id}",
        list_href=BASE,
        list_label=N_("合同"),
        tab=tab,
    )
    return record_page(
        request,
        "contracts/record.html",
        record,
        error,
        contract=contract,
        versions=versions,
        opened=opened,
        shown=shown,
        problems=await drafts.found_problems(contract_id, opened.id) if opened and opened.state == "draft" else [],
        next_move=CONTRACT_MACHINE.next_moves.get(contract.state),
        allowed=CONTRACT_MACHINE.moves_from(contract.state),
        runs=contract.state in RUNNING,
        lines=await _lines(work, contract, shown, translate),
        terms_facts=await _terms_facts(work, shown.terms, translate),
        dates=await drafts.dates(contract_id),
        date_names=DATE_KIND_NAMES,
        blocks=[
            (
                block,
                quantity_words(block.unit, block.left, translate),
                quantity_words(block.unit, block.quantity, translate),
            )
            for block in await blocks_of(work, contract_id)
        ],
        prepaid_lines=[(line.key, line.name) for line in shown.terms.lines if isinstance(line, PrepaidBlock)],
        milestones=[(milestone, _milestone_form(milestone)) for milestone in await Milestones(work).of(contract_id)],
        state_names=CONTRACT_STATE_NAMES,
        version_state_names=VERSION_STATE_NAMES,
        milestone_state_names=MILESTONE_STATE_NAMES,
        milestone_reason_names=MILESTONE_REASON_NAMES,
        forms={
            step: [msgspec.structs.replace(field, name=f"{step}.{field.name}") for field in fields_of(struct)]
            for step, struct in _FORMS.items()
        },
        values=values or FormValues(),
    )


def _prefix(step: str, line_key: str) -> str:
    """How the names of a form's fields begin: the page has a form for each step, and for each milestone."""
    return f"{step}.{line_key}." if line_key and step in _OF_MILESTONES else f"{step}."


def _milestone_form(milestone: MilestoneView) -> list[FormField]:
    step = "report-milestone" if milestone.state is MilestoneState.OPEN else "accept-milestone"
    prefix = _prefix(step, milestone.line_key)
    return [msgspec.structs.replace(field, name=f"{prefix}{field.name}") for field in fields_of(_OF_MILESTONES[step])]


async def _lines(
    work: UnitOfWork, contract: ContractView, version: ContractVersionView, translate: Translator
) -> list[Mapping[str, Any]]:
    """What was agreed, line by line, in words."""
    terms = version.terms
    sites = {UUID(site_id): name for site_id, name in await site_choices(work, contract.client_id)}
    taxes = dict(await tax_choices(work, max(version.effective_from, terms.term.start), translate))
    return [
        {
            "name": line.name,
            "kind": translate(LINE_KIND_NAMES[str(type(line).__struct_config__.tag)]),  # type: ignore[index]
            "prices": price_words(terms, line, translate),
            "scope": scope_words(line, sites, translate),
            "tax": taxes.get(line.tax, line.tax),
        }
        for line in terms.lines
    ]


async def _terms_facts(work: UnitOfWork, terms: Terms, translate: Translator) -> list[tuple[str, str]]:
    """The rest of what was agreed, as terms and values."""
    renewal = translate(N_("%(months)s 个月"), months=terms.renewal_months) if terms.renewal_months else ""
    penalty = penalty_words(terms.penalty, terms.currency, translate) if terms.penalty else ""
    return [
        (translate(N_("计费周期")), f"{translate(CYCLE_NAMES[terms.cycle])}，{translate(BILLED_NAMES[terms.billed])}"),
        (translate(N_("价格")), f"{translate(PRICE_MODE_NAMES[terms.price_mode])}，{terms.currency}"),
        (translate(N_("账期")), translate(N_("%(days)s 天"), days=terms.payment_days)),
        (translate(N_("范围以外的服务")), translate(OUTSIDE_NAMES[terms.outside])),
        (translate(N_("服务级别")), translate(await policy_name(work, terms.policy_version_id) or "—")),
        (translate(N_("服务时间")), translate(await calendar_name(work, terms.calendar_version_id) or "—")),
        (translate(N_("续签通知")), translate(N_("到期前 %(days)s 天"), days=terms.notice_days)),
        (translate(N_("自动续期")), renewal),
        (translate(N_("续期调价")), "" if terms.indexation is None else percent(terms.indexation)),
        (translate(N_("违约金")), penalty),
    ]


async def _offer(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await ContractAgreement(work).offer(contract_id, form.whole_number("version"))


async def _accept(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await ContractAgreement(work).accept(contract_id, form.read(ContractAcceptance))


async def _take_back(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await ContractAgreement(work).take_back(contract_id, form.read(ContractReturn))


async def _activate(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await RunningContracts(work).activate(contract_id, form.whole_number("version"))


async def _discard(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await ContractDrafts(work).discard(contract_id, form.whole_number("version"))


async def _amend(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await ContractDrafts(work).amend(contract_id, form.read(ContractAmend))


async def _renew(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await ContractDrafts(work).renew(contract_id, form.whole_number("version"))


async def _suspend(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await RunningContracts(work).suspend(contract_id, form.read(ContractSuspend))


async def _resume(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await RunningContracts(work).resume(contract_id, form.whole_number("version"))


async def _end(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await RunningContracts(work).end(contract_id, form.read(ContractEnd))


async def _notice(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await RunningContracts(work).give_notice(contract_id, form.whole_number("version"))


async def _buy_block(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await RunningContracts(work).buy_block(contract_id, form.read(PrepaidPurchase))


async def _report_milestone(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await Milestones(work).report(await _milestone(work, contract_id, form), form.read(MilestoneReport))


async def _reopen_milestone(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await Milestones(work).reopen(await _milestone(work, contract_id, form), form.whole_number("version"))


async def _accept_milestone(work: UnitOfWork, contract_id: UUID, form: FormValues) -> None:
    await Milestones(work).accept(await _milestone(work, contract_id, form), form.read(MilestoneAcceptance))


async def _milestone(work: UnitOfWork, contract_id: UUID, form: FormValues) -> UUID:
    """The milestone of this contract that the form names."""
    for milestone in await Milestones(work).of(contract_id):
        if milestone.line_key == form["line_key"]:
            return milestone.id
    raise NotFound


_FORMS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "accept": ContractAcceptance,
    "take-back": ContractReturn,
    "amend": ContractAmend,
    "suspend": ContractSuspend,
    "end": ContractEnd,
    "buy-block": PrepaidPurchase,
}
_OF_MILESTONES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "report-milestone": MilestoneReport,
    "reopen-milestone": MilestoneReport,
    "accept-milestone": MilestoneAcceptance,
}
_STEPS: Final[Mapping[str, Step]] = {
    "offer": _offer,
    "accept": _accept,
    "take-back": _take_back,
    "activate": _activate,
    "discard": _discard,
    "amend": _amend,
    "renew": _renew,
    "suspend": _suspend,
    "resume": _resume,
    "end": _end,
    "notice": _notice,
    "buy-block": _buy_block,
    "report-milestone": _report_milestone,
    "reopen-milestone": _reopen_milestone,
    "accept-milestone": _accept_milestone,
}
_TO_THE_EDITOR: Final = frozenset({"amend", "renew", "take-back"})
"""What begins a draft."""

handlers = [*handlers_of(__name__), *list_handlers(CONTRACTS)]
