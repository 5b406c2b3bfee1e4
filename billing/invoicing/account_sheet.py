"""What a client's account says, on paper: statements and receipts, drawn when they are asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from sqlalchemy import select

from app.platform.documents import Layout, Print, Printable, content_hash
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.amounts import in_capitals
from billing.invoicing.services.statements import SOURCE_NAMES, Statement
from billing.money import Money, money_text
from tenants.models import TenantProfile

Content = TypeVar("Content", bound=msgspec.Struct)
SHEET: Final = Path(__file__).parent / "print" / "account_sheet.typ"


class StatementContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a statement says."""

    seller: str
    statement: Statement


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a sheet; those after `wide` hold amounts."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]
    wide: int


def sheet_page(
    printing: Print,
    *,
    number: str,
    title: str,
    facts: Sequence[tuple[str, str]],
    parties: tuple[str, str],
    sum_of: tuple[str, Money],
    table: Table,
    in_words: bool,
) -> Mapping[str, object]:
    """What the sheet's template finds. `parties`: seller and client; `sum_of`: the amount in the head, and its name."""
    _, (name, amount) = printing.translate, sum_of
    return {
        "texts": {
            "title": title,
            "seller": _("服务方"),
            "buyer": _("客户"),
            "sum": name,
            "capitals": _("金额大写"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "no_fapiao": _("本单不是发票；发票另行开具。"),
        },
        "number": number,
        "content_hash": printing.content_hash,
        "facts": [list(each) for each in facts],
        "seller": parties[0],
        "buyer": parties[1],
        "sum": money_text(amount),
        "head": list(table.head),
        "rows": [list(row) for row in table.rows],
        "total": list(table.total),
        "wide": table.wide,
        "capitals": in_capitals(amount) if in_words and amount.currency == "CNY" else "",
    }


def drawn_when_asked(name: str, layout: Layout[Content], content: Content, made_at: datetime) -> Printable:
    """A sheet of which no edition is kept: what it says stands in the records."""
    return Printable(
        name=name,
        layout=layout,
        content=content,
        content_hash=content_hash(content),
        made_at=made_at,
        signed_by="",
        signed_at=None,
        signature="",
        images={},
        archived="",
    )


def _statement_page(content: StatementContent, printing: Print) -> Mapping[str, object]:
    _, told = printing.translate, content.statement

    def money(minor: int) -> str:
        return money_text(Money(minor, told.currency)) if minor else ""

    def balance(minor: int) -> str:
        return money_text(Money(minor, told.currency))

    rows = [[told.since.isoformat(), _("期初欠款"), "", "", balance(told.opening)]]
    rows += [
        [
            line.day.isoformat(),
            f"{_(SOURCE_NAMES[line.source_kind]) if line.source_kind in SOURCE_NAMES else ''} {line.number}".strip(),
            money(line.added),
            money(line.taken_off),
            balance(line.balance),
        ]
        for line in told.lines
    ]
    return sheet_page(
        printing,
        number=f"{told.since} — {told.until}",
        title=_("对账单"),
        facts=[(_("起止日期"), f"{told.since} — {told.until}")],
        parties=(content.seller, told.client_name),
        sum_of=(_("期末欠款"), Money(told.closing, told.currency)),
        table=Table(
            head=[_("日期"), _("摘要"), _("增加"), _("减少"), _("余额")],
            rows=rows,
            total=[told.until.isoformat(), _("期末欠款"), "", "", balance(told.closing)],
            wide=1,
        ),
        in_words=False,
    )


_STATEMENT: Final = Layout(template=SHEET, page=_statement_page)


def statement_sheet(told: Statement, seller: str, made_at: datetime) -> Printable:
    """A statement for drawing."""
    name = f"{told.client_name}对账单{told.since:%Y%m%d}-{told.until:%Y%m%d}.pdf"
    return drawn_when_asked(name, _STATEMENT, StatementContent(seller=seller, statement=told), made_at)


async def company_name(work: UnitOfWork) -> str:
    """As it stands on what it draws for its clients."""
    name: str | None = await work.session.scalar(select(TenantProfile.name))
    return present(name, "every tenant has a profile")
