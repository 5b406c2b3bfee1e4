"""Statements in the shapes of three banks, brought in once."""

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.platform.imports.reading.issues import FileRefused
from app.platform.imports.reading.rows import ParsedFile, read_import
from app.platform.kernel.runtime import Runtime
from billing.payments.bank_import import BANK_STATEMENTS, BankLineDraft, fingerprint_of
from billing.payments.models import BankLine, Payment
from billing.payments.schemas import LineBooking
from billing.payments.services import BankLines
from tests.conftest import ClientFor
from tests.factories.imports import ListUploads, codes
from tests.payments.conftest import Books

TODAY = date(2026, 11, 30)


def read(content: bytes) -> ParsedFile:
    return read_import(content, BANK_STATEMENTS, today=TODAY)


def statement(bank: str) -> bytes:
    return (Path(__file__).parent / "statements" / f"{bank}.csv").read_bytes()


def drafts(text: str) -> list[BankLineDraft]:
    return _accepted(read(text.encode("gb18030")))


def drafts_of(bank: str) -> list[BankLineDraft]:
    return _accepted(read(statement(bank)))


def _accepted(parsed: ParsedFile) -> list[BankLineDraft]:
    assert not parsed.refused, [row.issues for row in parsed.refused]
    return [row.values for row in parsed.accepted]


def test_icbc_has_a_preamble_two_columns_and_a_reversal() -> None:
    receipt, fee, reversal = drafts_of("icbc")
    assert (receipt.day, receipt.amount, receipt.payer_name) == (
        date(2026, 11, 16),
        "12800.00",
        "厦门海峡进出口有限公司",
    )
    assert (receipt.payer_account, receipt.remark, receipt.own_account) == (
        "4100021109000456789",
        "支付账单FP-2026-000001",
        "4100020109200123456",
    )
    assert (fee.amount, reversal.amount, reversal.summary) == ("-15.00", "-12800.00", "冲正")


def test_ccb_writes_days_together_and_zero_for_nothing() -> None:
    receipt, expense = drafts_of("ccb")
    assert (receipt.day, receipt.amount, receipt.payer_name) == (date(2026, 11, 16), "3600.50", "厦门湖里实验学校")
    assert (receipt.summary, receipt.remark, receipt.balance) == ("电子汇入", "网站维护费", "43600.50")
    assert expense.amount == "-800.00"


def test_cmb_marks_its_preamble_and_counts_equal_payments_apart() -> None:
    one, two, interest = drafts_of("cmb")
    assert (one.day, one.amount, one.reference, two.reference) == (
        date(2026, 11, 16),
        "318.00",
        "G0012600001",
        "G0012600002",
    )
    assert fingerprint_of(one) != fingerprint_of(two)
    assert (interest.amount, interest.payer_name) == ("1.23", None)


@pytest.mark.parametrize("bank", ["icbc", "ccb", "cmb"])
def test_no_line_of_a_usual_statement_is_doubtful(bank: str) -> None:
    assert [row.issues for row in read(statement(bank)).doubtful] == []


def test_one_column_with_a_direction_is_an_amount_too() -> None:
    (out, back) = drafts("交易日期,借贷标志,交易金额,对方户名\n2026-11-16,借,100.00,张三\n2026-11-16,贷,20.5,李四\n")
    assert (out.amount, back.amount) == ("-100.00", "20.50")


def test_a_signed_amount_is_taken_as_it_is() -> None:
    lines = drafts("日期,金额,对方名称\n2026-11-16,-8,张三\n2026-11-17,￥9.5,李四\n")
    assert [Decimal(each.amount) for each in lines] == [Decimal(-8), Decimal("9.5")]


@pytest.mark.parametrize("amounts", ["1.00,2.00", ",", "abc,", "1.005,"])
def test_an_amount_that_cannot_be_is_refused(amounts: str) -> None:
    parsed = read(f"交易日期,收入,支出,对方户名\n2026-11-16,{amounts},张三\n".encode())
    assert len(parsed.refused) == 1


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(FileRefused):
        read("姓名,电话\n张三,13800138000\n".encode())


class TestTwice:
    """The same statement, or one whose days overlap, books nothing twice."""

    @pytest.fixture
    def lists(self, runtime: Runtime, http: ClientFor, books: Books) -> ListUploads:
        return ListUploads(runtime, http, books.partner, "bank-statements")

    async def test_the_same_statement_again_adds_nothing_and_says_so(self, lists: ListUploads) -> None:
        first = await lists.import_list(statement("cmb"))
        assert first["written"] == {"new": 3, "changed": 0, "unchanged": 0, "refused": 0}
        again = await lists.upload(statement("cmb"))
        assert (again["counts"]["new"], again["counts"]["refused"]) == (0, 3)
        assert {code for _, code in codes(again)} == {"line_known"}
        assert len(await lists.rows(BankLine)) == 3

    async def test_two_who_bring_it_at_once_bring_it_once(self, lists: ListUploads) -> None:
        both = [await lists.upload(statement("cmb")) for _ in range(2)]
        for each in both:
            await lists.post(each, "confirm")
        await asyncio.gather(*(lists.run(each) for each in both))
        assert len(await lists.rows(BankLine)) == 3

    async def test_what_was_booked_of_it_stays_booked(self, lists: ListUploads, books: Books) -> None:
        await lists.import_list(statement("icbc"))
        receipt = next(line for line in await lists.rows(BankLine) if line.amount > 0)
        wanted = LineBooking(receipt.version, books.client.id)
        await books.as_(books.partner.owner, lambda work: BankLines(work).book(receipt.id, wanted))
        await lists.upload(statement("icbc"))
        assert (await books.line(receipt.id)).state == "booked"
        assert len(await lists.rows(Payment)) == 1
        await books.check()
