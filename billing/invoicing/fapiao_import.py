"""Numbers of 发票 as they come back from the tax office, as the import kit reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import select

from app.platform.imports.declaration import (
    BroughtAlong,
    Field,
    Home,
    ImportedList,
    ImportKind,
    RowPlace,
    UniqueField,
)
from app.platform.imports.reading.converters import code_field
from app.platform.imports.reading.dates import date_field
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.rows import ParsedRow
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.addresses import FAPIAOS
from billing.invoicing.fapiao_models import FAPIAO_NUMBER_LENGTH, Fapiao
from billing.invoicing.fapiao_states import FapiaoState
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.services.fapiaos import Fapiaos


class NumberDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of what came back."""

    invoice_number: str
    number: str
    issued_on: date


@dataclass
class NumberPlan:
    """Which 发票 get their numbers."""

    new: list[tuple[Fapiao, NumberDraft]] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    issues: dict[RowPlace, Sequence[RowIssue]] = field(default_factory=dict)
    brought_along: BroughtAlong = field(default_factory=BroughtAlong)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and refused."""
        return {"new": len(self.new), "changed": 0, "unchanged": self.unchanged, "refused": self.refused}

    def refuse(self, row: ParsedRow, name: str, code: str, **parameters: str) -> None:
        """The row cannot be imported."""
        self.refused += 1
        self.issues[row.place] = (RowIssue("", name, code, Severity.ERROR, parameters),)


class NumberImporter:
    """A 发票 is known by its invoice's number: the blue one that was asked for, or the red one that is confirmed."""

    def __init__(self, _: ImportedList) -> None:
        pass

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> NumberPlan:
        """What each row does; the same number again is nothing new."""
        wanted = [row.values.invoice_number for row in rows if row.values is not None]
        numbers = [row.values.number for row in rows if row.values is not None]
        statement = select(Fapiao).where(Fapiao.invoice_number.in_(wanted)).order_by(Fapiao.id)
        found = (await work.session.scalars(statement.with_for_update() if lock else statement)).all()
        taken = await self._taken(work, numbers)
        waiting = {
            each.invoice_number: each
            for each in found
            if each.state in (FapiaoState.REQUESTED, FapiaoState.RED_CONFIRMED)
        }
        plan = NumberPlan()
        for row in rows:
            if row.values is None:
                plan.refused += 1
            elif len(row.values.number) != FAPIAO_NUMBER_LENGTH or not row.values.number.isdigit():
                plan.refuse(row, "number", "fapiao_number_malformed", value=row.values.number)
            elif taken.get(row.values.number) == row.values.invoice_number:
                plan.unchanged += 1
            elif row.values.number in taken:
                plan.refuse(row, "number", "fapiao_number_taken", other=taken[row.values.number])
            elif (fapiao := waiting.get(row.values.invoice_number)) is None:
                plan.refuse(row, "invoice_number", "fapiao_not_waiting", value=row.values.invoice_number)
            else:
                plan.new.append((fapiao, row.values))
        return plan

    async def write(self, work: UnitOfWork, plan: NumberPlan) -> None:
        """Write the numbers down."""
        fapiaos = Fapiaos(work)
        for fapiao, said in plan.new:
            await fapiaos.take_number(fapiao, said.number, said.issued_on)

    async def _taken(self, work: UnitOfWork, numbers: Sequence[str]) -> Mapping[str, str]:
        """Number → the invoice whose 发票 has it, blue or red."""
        rows = await work.session.execute(
            select(Fapiao.number, Fapiao.red_number, Fapiao.invoice_number).where(
                Fapiao.number.in_(numbers) | Fapiao.red_number.in_(numbers)
            )
        )
        return {number: row.invoice_number for row in rows for number in (row.number, row.red_number) if number}


FAPIAO_NUMBERS: Final = ImportKind(
    name="fapiao-numbers",
    title=N_("发票号码清单"),
    unit=N_("张发票"),
    permission=InvoicePermission.INVOICE_WRITE,
    home=Home(FAPIAOS, N_("发票"), "invoices"),
    fields=(
        Field("invoice_number", N_("账单编号"), code_field(28), "发票流水号 流水号 备注 invoice", required=True),
        Field("number", N_("发票号码"), code_field(20), "数电发票号码 数电票号码 号码 fapiao number", required=True),
        Field("issued_on", N_("开票日期"), date_field, "开票时间 日期 date", required=True),
    ),
    unique=(UniqueField("number", "value_duplicate", Severity.ERROR),),
    importer=NumberImporter,
    draft=NumberDraft,
    messages={
        "fapiao_not_waiting": N_("账单 %(value)s 没有等待号码的发票。"),
        "fapiao_number_malformed": N_("“%(value)s”不是 20 位数字。"),
        "fapiao_number_taken": N_("这个号码已经登记在账单 %(other)s 的发票上。"),
    },
)
