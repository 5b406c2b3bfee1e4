"""What is to be put right before anybody signs a version: in words, at its field."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla.models import ServiceCalendarVersion, SlaPolicyVersion
from app.assets.clients.models import Site
from app.assets.devices.models import Device
from app.platform.kernel.texts import N_, Translator, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.devices import device_lines, devices_taken
from billing.contracts.errors import ContractTermsWrong
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.states import RUNNING
from billing.periods import Period
from billing.pricebook import price_book_currency, tax_rates_on
from billing.terms import (
    HourlyRate,
    Milestone,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    Retainer,
    StationedStaff,
    Terms,
    problems_of,
)

NAMED_AT_MOST = 5


class ContractProblem(NamedTuple):
    """One thing to mend: the field (`lines.care.tiers`), and what is wrong as a source text with its parameters."""

    field: str
    text: str
    parameters: Mapping[str, object] = {}

    def said(self, translate: Translator) -> str:
        """What is wrong, in the reader's language."""
        return translate(self.text, **self.parameters)


async def contract_problems(
    work: UnitOfWork, contract: Contract, terms: Terms, effective_from: date, *, locked: bool = False
) -> list[ContractProblem]:
    """Everything that is wrong with these terms from that day on; empty: they can be offered. With `locked` no other
    contract takes their devices until the transaction ends."""
    rates = await tax_rates_on(work, max(effective_from, terms.term.start))
    found = [ContractProblem(problem.field, problem.text) for problem in problems_of(terms, rates)]
    found += _without_price(terms)
    if effective_from >= terms.term.end:
        found.append(ContractProblem("effective_from", N_("生效日期要在合同结束之前。")))
        return found
    found += await _of_records(work, contract.client_id, terms)
    found += await _of_currency(work, contract, terms)
    found += _named_twice(terms)
    days = Period(max(effective_from, terms.term.start), terms.term.end)
    taken = await devices_taken(work, contract.id, terms, days, locked=locked)
    for line_key in dict.fromkeys(each.line_key for each in taken):
        own = [each for each in taken if each.line_key == line_key]
        found.append(
            ContractProblem(
                f"lines.{line_key}.devices",
                N_("%(count)s 台设备同时在别的合同里：%(devices)s（%(contract)s）。"),
                {
                    "count": len(own),
                    "devices": _listed(each.device_number for each in own),
                    "contract": _listed(dict.fromkeys(each.contract_number for each in own)),
                },
            )
        )
    return found


async def require_no_problems(
    work: UnitOfWork, contract: Contract, terms: Terms, effective_from: date, *, locked: bool = False
) -> None:
    """
    Raises:
        ContractTermsWrong: with a text for each field at fault, in the actor's language.
    """
    found = await contract_problems(work, contract, terms, effective_from, locked=locked)
    if found:
        translate = translator(work.actor.language)
        raise ContractTermsWrong(
            count=len(found), fields={problem.field: problem.said(translate) for problem in reversed(found)}
        )


def _without_price(terms: Terms) -> Iterator[ContractProblem]:
    for line in terms.lines:
        field, price = "", None
        match line:
            case Retainer() | Milestone():
                field, price = "amount", line.amount
            case PerIncident() | StationedStaff() | PrepaidBlock():
                field, price = "price", line.price
            case HourlyRate():
                field, price = "prices.hour", line.prices.hour
            case PerDevice():
                field, price = "tiers", max((tier.price for tier in line.tiers), default=None)
        if price == 0:
            yield ContractProblem(f"lines.{line.key}.{field}", N_("请填写价格。"))


def _named_twice(terms: Terms) -> Iterator[ContractProblem]:
    seen: set[UUID] = set()
    for line in device_lines(terms):
        if seen & line.scope.device_ids:
            yield ContractProblem(f"lines.{line.key}.devices", N_("有设备同时在这份合同的两项服务里。"))
        seen |= line.scope.device_ids


async def _of_records(work: UnitOfWork, client_id: UUID, terms: Terms) -> list[ContractProblem]:
    """What the terms name is there, and the client's."""
    found = []
    devices = {device_id for line in terms.lines for device_id in line.scope.device_ids}
    sites = {site_id for line in terms.lines for site_id in line.scope.site_ids}
    own_devices = await _known(work, Device, client_id, devices)
    own_sites = await _known(work, Site, client_id, sites)
    for line in terms.lines:
        if line.scope.device_ids - own_devices:
            found.append(ContractProblem(f"lines.{line.key}.devices", N_("有设备不是这家客户的。")))
        if line.scope.site_ids - own_sites:
            found.append(ContractProblem(f"lines.{line.key}.sites", N_("有地点不是这家客户的。")))
    for field, column, version_id in (
        ("policy_version_id", SlaPolicyVersion.id, terms.policy_version_id),
        ("calendar_version_id", ServiceCalendarVersion.id, terms.calendar_version_id),
    ):
        if version_id is not None and await work.session.scalar(select(column).where(column == version_id)) is None:
            found.append(ContractProblem(field, N_("没有找到，请重新选择。")))
    return found


async def _known(work: UnitOfWork, model: type[Device | Site], client_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    if not ids:
        return set()
    return set(await work.session.scalars(select(model.id).where(model.client_id == client_id, model.id.in_(ids))))


async def _of_currency(work: UnitOfWork, contract: Contract, terms: Terms) -> list[ContractProblem]:
    """One client is billed in one currency: that of the price book, and of its other contracts."""
    currencies = await _currencies_of(work, contract)
    book = await price_book_currency(work)
    if book is not None:
        currencies.add(book)
    different = sorted(currencies - {terms.currency})
    if not different:
        return []
    return [
        ContractProblem(
            "currency",
            N_("价目表或这家客户的其他合同用 %(currency)s，不能混用币种。"),
            {"currency": "、".join(different)},
        )
    ]


async def _currencies_of(work: UnitOfWork, contract: Contract) -> set[str]:
    rows = await work.session.scalars(
        select(ContractVersion.terms["currency"].astext)
        .join(Contract, Contract.current_version_id == ContractVersion.id)
        .where(
            Contract.client_id == contract.client_id,
            Contract.id != contract.id,
            Contract.state.in_(RUNNING),
        )
        .distinct()
    )
    return set(rows)


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    return "、".join(found[:NAMED_AT_MOST]) + ("…" if len(found) > NAMED_AT_MOST else "")
