"""Bank statements as the import kit reads them: preamble lines, one column for the amount or two for in and out, and
whatever the bank calls its columns. What was brought in before is not brought in again."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, String, any_, insert, literal, select

from app.platform.imports.declaration import Field, Home, ImportedList, ImportKind, RowContext, RowPlace
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.converters import (
    CellContext,
    FieldValue,
    choice_field,
    code_field,
    raw_text,
    text_field,
)
from app.platform.imports.reading.dates import date_field
from app.platform.imports.reading.rows import ParsedRow
from app.platform.imports.reading.workbook import CellValue
from app.platform.imports.records import RecordPlan
from app.platform.kernel.counters import take_turns
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import Money
from billing.payments.matching import plain_account
from billing.payments.models import ACCOUNT_LENGTH, NAME_LENGTH, REFERENCE_LENGTH, TEXT_LENGTH, BankLine
from billing.payments.permissions import PaymentPermission
from billing.payments.states import OUTGOING, BankLineState

CURRENCY: Final = "CNY"
MOST_DIGITS: Final = 13
_AMOUNT: Final = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")
_DAY: Final = re.compile(r"(20\d{2})[-/.年]?(\d{2})[-/.月]?(\d{2})(?:日|[ T]+\d{1,2}:?\d{2}.*|)$")
_REVERSAL: Final = re.compile("冲正|冲销|抹账|退汇|冲账|红冲|撤销")
_DIRECTIONS: Final = dict.fromkeys(("贷", "贷方", "收", "收入", "转入", "来账", "c", "cr"), "in") | dict.fromkeys(
    ("借", "借方", "支", "支出", "转出", "往账", "d", "dr"), "out"
)


class BankLineDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a statement; `amount` in the main unit, positive for money that came in."""

    day: date
    amount: str
    balance: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None
    summary: str | None = None
    remark: str | None = None
    reference: str | None = None
    own_account: str | None = None
    paid_in: str | None = None
    paid_out: str | None = None
    direction: str | None = None


def day_field(value: CellValue, cell: CellContext) -> FieldValue:
    """A day as banks write it: `2026-11-16`, `20261116`, either with the time of day; else as people do."""
    if isinstance(value, str) and (found := _DAY.match(value.strip())):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
    if isinstance(value, int | float) and (found := _DAY.match(raw_text(value))):
        return day_field(raw_text(value), cell)
    return date_field(value, cell)


def amount_field(value: CellValue, cell: CellContext) -> FieldValue:
    """An amount of money: `1,234.50`, `￥1234.5`, `-20.00`, `(20.00)`; as text with a point, None for an empty cell."""
    text = "".join(raw_text(value).split()).replace("，", ",").replace("￥", "").replace("¥", "").replace("元", "")
    if text in ("", "-", "--", "—"):
        return None
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    found = _AMOUNT.fullmatch(text)
    try:
        number = Decimal(text.replace(",", "")) if found else None
    except InvalidOperation:
        number = None
    if number is None or number.adjusted() > MOST_DIGITS or number != round(number, 2):
        cell.refuse("amount_unreadable", value=raw_text(value))
        return None
    return f"{number:.2f}"


def signed_amount(values: dict[str, FieldValue], row: RowContext) -> None:
    """The one amount of a row, out of what the bank gives: in and out apart, or an amount with its direction."""
    paid_in, paid_out = _decimal(values.get("paid_in")), _decimal(values.get("paid_out"))
    amount = _decimal(values.get("amount"))
    if paid_in and paid_out:
        row.at("paid_in").refuse("amount_twice")
    elif paid_in or paid_out:
        amount = paid_in or -paid_out
    elif values.get("direction") == "out":
        amount = -abs(amount)
    if not amount and not (paid_in and paid_out):
        row.at("amount").refuse("amount_missing")
    values["amount"] = f"{amount:.2f}"


def _decimal(value: FieldValue) -> Decimal:
    return Decimal(value) if isinstance(value, str) and value else Decimal(0)


class BankStatementImporter:
    """A line is known by everything that the bank tells of it; of lines told alike, by how many there are."""

    def __init__(self, the_list: ImportedList) -> None:
        self._occurrences: dict[RowPlace, int] = {}
        seen: Counter[str] = Counter()
        for row in the_list.rows:
            if row.values is not None:
                fingerprint = fingerprint_of(row.values)
                seen[fingerprint] += 1
                self._occurrences[row.place] = seen[fingerprint]

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> RecordPlan:
        """New lines; those that were brought in before are left as they are."""
        if lock:
            await take_turns(work.session, work.tenant_id, ["bank_line"])
        readable = [row for row in rows if row.values is not None]
        fingerprints = {row.place: fingerprint_of(row.values) for row in readable}
        known = {
            (fingerprint, occurrence)
            for fingerprint, occurrence in await work.session.execute(
                select(BankLine.fingerprint, BankLine.occurrence).where(
                    BankLine.fingerprint == any_(literal(sorted(set(fingerprints.values())), ARRAY(String)))
                )
            )
        }
        nobody = await PeopleChanges.of(work.session, "bank_line", [], None)
        plan = RecordPlan(nobody, refused=len(rows) - len(readable))
        for row in readable:
            key = (fingerprints[row.place], self._occurrences[row.place])
            if key in known:
                plan.refuse(row, "day", "line_known")
            else:
                plan.add(_values(work, row.values, *key))
        return plan

    async def write(self, work: UnitOfWork, plan: RecordPlan) -> None:
        """Write the plan."""
        if plan.new:
            await work.session.execute(insert(BankLine), [{"tenant_id": work.tenant_id, **row} for row in plan.new])
            work.audit("bank_line.imported", "bank_line", None, lines=len(plan.new))


def fingerprint_of(line: BankLineDraft) -> str:
    """SHA-256 of what the bank tells of a line."""
    told = (
        line.own_account,
        line.day.isoformat(),
        line.amount,
        line.balance,
        line.payer_name,
        line.payer_account,
        line.summary,
        line.remark,
        line.reference,
    )
    return sha256(msgspec.json.encode(told)).hexdigest()


def _values(work: UnitOfWork, line: BankLineDraft, fingerprint: str, occurrence: int) -> dict[str, Any]:
    text = " ".join(each for each in (line.summary, line.remark) if each)[:TEXT_LENGTH]
    amount = Money.of(Decimal(line.amount), CURRENCY).minor
    goes_out = amount < 0 and not _REVERSAL.search(text)
    values: dict[str, Any] = {
        "id": work.new_id(),
        "own_account": plain_account(line.own_account or ""),
        "day": line.day,
        "amount": amount,
        "currency": CURRENCY,
        "payer_name": line.payer_name or "",
        "payer_account": plain_account(line.payer_account or ""),
        "text": text,
        "reference": line.reference or "",
        "balance": Money.of(Decimal(line.balance), CURRENCY).minor if line.balance else None,
        "fingerprint": fingerprint,
        "occurrence": occurrence,
        "state": BankLineState.SET_ASIDE if goes_out else BankLineState.OPEN,
        "reason": OUTGOING if goes_out else "",
        "reverses_id": None,
        "imported_at": work.now,
        "version": 1,
    }
    return values


BANK_STATEMENTS: Final = ImportKind(
    name="bank-statements",
    title=N_("银行流水"),
    unit=N_("笔"),
    permission=PaymentPermission.PAYMENT_IMPORT,
    home=Home("/workspace/payments", N_("收款"), "payments"),
    fields=(
        Field(
            "day",
            N_("交易日期"),
            day_field,
            "交易日 入账日期 记账日期 交易时间 记账时间 日期 transactiondate date",
            required=True,
            missing="day_missing",
        ),
        Field(
            "paid_in",
            N_("收入"),
            amount_field,
            "贷方发生额 贷方发生额收入 贷方金额 贷方 收入金额 转入金额 存入金额 贷方发生额元 credit",
        ),
        Field(
            "paid_out",
            N_("支出"),
            amount_field,
            "借方发生额 借方发生额支取 借方金额 借方 支出金额 转出金额 支取金额 借方发生额元 debit",
        ),
        Field("amount", N_("金额"), amount_field, "交易金额 发生额 交易额 金额元 amount"),
        Field("direction", N_("借贷"), choice_field(_DIRECTIONS), "借贷标志 借贷方向 收支 收支方向 往来标志"),
        Field("balance", N_("余额"), amount_field, "账户余额 联机余额 当前余额 balance"),
        Field(
            "payer_name",
            N_("对方户名"),
            text_field(NAME_LENGTH),
            "对方名称 对方单位名称 对方单位 收付方名称 对方账户名称 付款人名称 交易对手名称 交易对手 counterparty",
        ),
        Field(
            "payer_account",
            N_("对方账号"),
            code_field(ACCOUNT_LENGTH),
            "对方账户 收付方账号 对方帐号 付款人账号 交易对手账号 counterpartyaccount",
        ),
        Field("summary", N_("摘要"), text_field(TEXT_LENGTH), "交易摘要 交易类型 业务类型 业务摘要"),
        Field(
            "remark",
            N_("附言"),
            text_field(TEXT_LENGTH),
            "备注 用途 交易附言 客户附言 个性化信息 业务名称 扩展摘要 remark",
        ),
        Field(
            "reference",
            N_("流水号"),
            code_field(REFERENCE_LENGTH),
            "交易流水号 账户明细编号交易流水号 核心流水号 凭证号 企业流水号 流水号码 交易编号 reference",
        ),
        Field("own_account", N_("本方账号"), code_field(ACCOUNT_LENGTH), "账号 本方账户 我方账号 查询账号 本账号"),
    ),
    check_row=signed_amount,
    importer=BankStatementImporter,
    draft=BankLineDraft,
    messages={
        "amount_missing": N_("这一行没有金额。"),
        "amount_twice": N_("同一行既有收入又有支出，请核对。"),
        "amount_unreadable": N_("“%(value)s”不是金额。"),
        "day_missing": N_("这一行没有交易日期。"),
        "line_known": N_("这一笔已经导入过。"),
    },
)
