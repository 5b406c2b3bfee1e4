"""Running contracts that come in from a sheet: each row is one contract that both sides signed elsewhere. What was
billed before it came here is not billed again, and what was paid ahead comes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from app.assets.clients import CLIENT_FIELD, CLIENT_MESSAGES, CLIENT_OWNER, ClientNames
from app.assets.clients.models import Client
from app.platform.imports.declaration import BroughtAlong, Field, Home, ImportedList, ImportKind, RowPlace, UniqueField
from app.platform.imports.reading.converters import choice_field, code_field, decimal_field, text_field
from app.platform.imports.reading.dates import date_field
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.rows import ParsedRow
from app.platform.kernel.counters import take_turns
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import NUMBER_LENGTH, TITLE_LENGTH, Contract
from billing.contracts.permissions import ContractPermission
from billing.contracts.prepaid import CarriedOver
from billing.contracts.problems import contract_problems
from billing.contracts.records import locked_contract, open_version
from billing.contracts.schemas import ContractCreate
from billing.contracts.services.agreement import accept_version, offer_version
from billing.contracts.services.drafts import CURRENCY, ContractDrafts
from billing.contracts.services.running import bring_into_force
from billing.contracts.template_terms import TEMPLATE_WORDS, ContractTemplate, starting_terms
from billing.periods import CYCLE_NAMES, Cycle, Period, PeriodEmpty, day_in
from billing.pricebook import StandardPrices
from billing.terms import (
    BILLED_NAMES,
    BilledWhen,
    DeviceTier,
    Milestone,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    StationedStaff,
    TermLine,
    Terms,
)
from billing.terms.lines import MINUTES_OF_AN_HOUR

_DIGITS: Final = 9
"""Before the point: what an amount has at most."""


def _spellings(names: Mapping[Any, str]) -> dict[str, str]:
    english = translator("en")
    return {word.lower(): str(code) for code, name in names.items() for word in (str(code), name, english(name))}


_KINDS: Final = _spellings({template: words.name for template, words in TEMPLATE_WORDS.items()}) | {
    "包月": ContractTemplate.RETAINER.value,
    "包年": ContractTemplate.RETAINER.value,
    "包年包月": ContractTemplate.RETAINER.value,
    "按台": ContractTemplate.PER_DEVICE.value,
}
_CYCLES: Final = _spellings(CYCLE_NAMES) | {
    "月": Cycle.MONTH.value,
    "季": Cycle.QUARTER.value,
    "季度": Cycle.QUARTER.value,
    "半年": Cycle.HALF_YEAR.value,
    "年": Cycle.YEAR.value,
}
_BILLED: Final = _spellings(BILLED_NAMES) | {
    "预付": BilledWhen.IN_ADVANCE.value,
    "后付": BilledWhen.IN_ARREARS.value,
}


class ContractDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list of contracts."""

    former_number: str
    title: str
    kind: str
    first_day: date
    last_day: date
    amount: str
    client: str | None = None
    cycle: str | None = None
    billed: str | None = None
    billed_until: date | None = None
    quantity: str | None = None
    left: str | None = None
    expires_on: date | None = None
    tax: str | None = None
    payment_days: str | None = None


class NewContract(NamedTuple):
    """What a row makes."""

    client_id: UUID
    former_number: str
    title: str
    terms: Terms
    carried: CarriedOver | None


@dataclass
class ContractPlan:
    """What the rows do."""

    new: list[NewContract] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    issues: dict[RowPlace, Sequence[RowIssue]] = field(default_factory=dict)
    brought_along: BroughtAlong = field(default_factory=BroughtAlong)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and refused."""
        return {"new": len(self.new), "changed": 0, "unchanged": self.unchanged, "refused": self.refused}

    def refuse(self, row: ParsedRow, field: str, code: str, /, **parameters: str) -> None:
        """The row cannot be imported."""
        self.refused += 1
        self.issues[row.place] = (RowIssue("", field, code, Severity.ERROR, parameters),)


class ContractImporter:
    """A contract is known by its client and its former number. One that came in before stays as it is: what changed
    since is an amendment."""

    def __init__(self, the_list: ImportedList) -> None:
        self._list = the_list

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> ContractPlan:
        """The contracts that are not here yet."""
        if lock:
            await take_turns(work.session, work.tenant_id, ["contract_import"])
        clients = await ClientNames.of(work.session)
        numbers = {row.values.former_number for row in rows if row.values is not None}
        known = {
            (client_id, number)
            for client_id, number in await work.session.execute(
                select(Contract.client_id, Contract.former_number).where(Contract.former_number.in_(numbers))
            )
        }
        zones = {row.id: row.time_zone for row in await work.session.execute(select(Client.id, Client.time_zone))}
        taxes = {name: rate.code for rate in await StandardPrices(work).tax_rates() for name in (rate.code, rate.name)}
        plan = ContractPlan()
        for row in rows:
            if row.values is None:
                plan.refused += 1
                continue
            client = clients.find(row.values.client, self._list.client_id)
            if client.id is None:
                plan.refuse(row, "client", client.issue, value=row.values.client or "")
            elif (client.id, row.values.former_number) in known:
                plan.unchanged += 1
            else:
                await self._add(work, plan, row, _Place(client.id, zones[client.id], taxes))
        return plan

    async def write(self, work: UnitOfWork, plan: ContractPlan) -> None:
        """Each contract as if it had been drafted, offered, signed and activated here."""
        for new in plan.new:
            made = await ContractDrafts(work).create(ContractCreate(new.client_id, new.title, terms=new.terms))
            contract, version = await locked_contract(work, made.id), await open_version(work, made.id)
            contract.former_number = new.former_number
            await offer_version(work, contract, version)
            await accept_version(work, contract, version, "")
            await bring_into_force(work, contract, version, new.carried)

    async def _add(self, work: UnitOfWork, plan: ContractPlan, row: ParsedRow, place: "_Place") -> None:
        values: ContractDraft = row.values
        today = day_in(ZoneInfo(place.time_zone), work.now)
        try:
            terms = _terms(values, place, today)
        except PeriodEmpty:
            plan.refuse(row, "last_day", "contract_over")
            return
        contract = Contract(id=work.new_id(), client_id=place.client_id)
        problems = await contract_problems(work, contract, terms, terms.term.start)
        if problems:
            said = problems[0].said(translator(work.actor.language))
            plan.refuse(row, "title", "contract_wrong", problem=said)
            return
        plan.new.append(
            NewContract(place.client_id, values.former_number, values.title, terms, _carried(values, terms))
        )


class _Place(NamedTuple):
    client_id: UUID
    time_zone: str
    taxes: Mapping[str, str]


def _terms(values: ContractDraft, place: _Place, today: date) -> Terms:
    """What holds from now on: after the day until which it was billed elsewhere, else from today.

    Raises:
        PeriodEmpty: nothing is left of it.
    """
    template = ContractTemplate(values.kind)
    starting = starting_terms(template, values.first_day, place.time_zone, CURRENCY)
    start = max(values.first_day, today)
    if values.billed_until is not None:
        start = max(values.first_day, values.billed_until + timedelta(days=1))
    tax = place.taxes.get(values.tax, values.tax) if values.tax else starting.lines[0].tax
    line = _line(starting.lines[0], values, tax)
    return msgspec.structs.replace(
        starting,
        term=Period(start, values.last_day + timedelta(days=1)),
        cycle=Cycle(values.cycle or starting.cycle),
        billed=BilledWhen(values.billed or starting.billed),
        payment_days=starting.payment_days if values.payment_days is None else int(Decimal(values.payment_days)),
        lines=(line,),
    )


def _line(line: TermLine, values: ContractDraft, tax: str) -> TermLine:
    amount = Decimal(values.amount)
    quantity = None if values.quantity is None else Decimal(values.quantity)
    changes: dict[str, Any] = {"tax": tax}
    match line:
        case Retainer() | Milestone():
            changes["amount"] = amount
        case PerIncident():
            changes["price"] = amount
        case PerDevice():
            changes["tiers"] = (DeviceTier(first=1, last=None, price=amount),)
        case StationedStaff():
            changes |= {"price": amount, "heads": int(quantity or 1)}
        case PrepaidBlock():
            changes["price"] = amount
            if quantity is not None:
                changes["quantity"] = _counted(line, quantity)
        case _:
            pass
    return msgspec.structs.replace(line, **changes)


def _carried(values: ContractDraft, terms: Terms) -> CarriedOver | None:
    """What is left of what was paid ahead; without a balance in the sheet, the whole block."""
    line = terms.lines[0]
    if not isinstance(line, PrepaidBlock):
        return None
    left = line.quantity if values.left is None else _counted(line, Decimal(values.left))
    return CarriedOver(left, values.expires_on or terms.term.end)


def _counted(line: PrepaidBlock, quantity: Decimal) -> int:
    """Hours as minutes, visits as they are."""
    return int(quantity * MINUTES_OF_AN_HOUR) if line.unit is PrepaidUnit.MINUTE else int(quantity)


RUNNING_CONTRACTS: Final = ImportKind(
    name="contracts",
    title=N_("正在执行的合同"),
    unit=N_("份合同"),
    permission=ContractPermission.CONTRACT_WRITE,
    home=Home("/workspace/contracts", N_("合同"), "contracts", "/workspace/clients/{}/contracts"),
    fields=(
        CLIENT_FIELD,
        Field(
            "former_number",
            N_("原编号"),
            code_field(NUMBER_LENGTH),
            "合同编号 合同号 编号 number contractnumber",
            required=True,
        ),
        Field("title", N_("合同名称"), text_field(TITLE_LENGTH), "合同 名称 项目名称 title contract", required=True),
        Field("kind", N_("类型"), choice_field(_KINDS), "合同类型 服务方式 计费方式 kind type", required=True),
        Field("first_day", N_("开始日期"), date_field, "起始日期 生效日期 签订日期 start startdate", required=True),
        Field("last_day", N_("结束日期"), date_field, "终止日期 到期日 到期日期 end enddate", required=True),
        Field(
            "amount",
            N_("金额"),
            decimal_field(2, _DIGITS),
            "合同金额 每期金额 单价 费用 价格 amount price fee",
            required=True,
        ),
        Field("cycle", N_("计费周期"), choice_field(_CYCLES), "周期 收费周期 付款周期 cycle"),
        Field("billed", N_("何时收费"), choice_field(_BILLED), "收费方式 付款方式 billed"),
        Field("billed_until", N_("已收费到"), date_field, "已开票到 已收款到 billeduntil"),
        Field("quantity", N_("数量"), decimal_field(2, _DIGITS), "工时 次数 人数 预付数量 quantity hours visits"),
        Field("left", N_("剩余"), decimal_field(2, _DIGITS), "余额 剩余工时 剩余次数 剩余数量 balance left"),
        Field("expires_on", N_("失效日期"), date_field, "有效期 有效期至 expires"),
        Field("tax", N_("税率"), text_field(20), "增值税率 tax taxrate vat"),
        Field("payment_days", N_("账期"), decimal_field(1, 3), "付款期限 付款天数 paymentdays terms"),
    ),
    importer=ContractImporter,
    owner=CLIENT_OWNER,
    owner_field="client",
    draft=ContractDraft,
    unique=(UniqueField("former_number", "value_duplicate", Severity.ERROR),),
    messages={
        **CLIENT_MESSAGES,
        "contract_over": N_("合同已经到期，或者已收费到合同结束，不需要导入。"),
        "contract_wrong": N_("这一行的内容要改：%(problem)s"),
    },
)
