"""发票 have a life of their own: asked for, entered by a sheet, numbered when they come back, taken back in red."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from app.platform.kernel.errors import Invalid
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.invoicing import (
    BillingProfileWrite,
    FapiaoKind,
    Fapiaos,
    FapiaoView,
    Profiles,
    SellerProfileWrite,
)
from billing.invoicing.document import Party
from billing.invoicing.fapiao_errors import FapiaoLiving, FapiaoNothingLeft, FapiaoNumberTaken
from billing.invoicing.fapiao_models import Fapiao
from billing.invoicing.fapiao_schemas import FapiaoNumbered, RedRequest
from billing.invoicing.fapiao_sheet import COLUMNS, FapiaoContent, FapiaoLine, SheetEntry, sheet_rows
from billing.invoicing.fapiao_states import FapiaoMoveRefused, FapiaoState, RedReason
from billing.invoicing.services.fapiaos import lapse
from tests.conftest import START, ClientFor
from tests.factories.imports import ListUploads, codes
from tests.invoicing.conftest import SIX, THIRTEEN, TODAY, Finance, Item
from tests.invoicing.test_credit_notes import credit, line_ids

FIRST, SECOND = "26352000000000000001", "26352000000000000002"


async def call(finance: Finance, name: str, *arguments: object) -> FapiaoView:
    async with finance.units_of_work.begin(finance.writer) as work:
        found: FapiaoView = await getattr(Fapiaos(work), name)(*arguments)
        return found


async def requested(finance: Finance, *items: Item) -> FapiaoView:
    invoice = await finance.issue(await finance.draft(items or (Item(106_00),)))
    return await call(finance, "request", invoice.id)


async def issued(finance: Finance, number: str = FIRST) -> FapiaoView:
    asked = await requested(finance)
    return await call(finance, "number", asked.id, FapiaoNumbered(number, TODAY, asked.version))


async def sheet(finance: Finance) -> list[SheetEntry]:
    async with finance.units_of_work.begin(finance.writer) as work:
        return await Fapiaos(work).sheet()


def red(version: int, *, used: bool = False, credit_note_id: UUID | None = None) -> RedRequest:
    return RedRequest(reason=RedReason.MISTAKE, used=used, credit_note_id=credit_note_id, version=version)


def test_a_line_of_the_sheet_has_the_price_without_tax_and_no_floats() -> None:
    party = Party(title="厦门建发集团", tax_number="91350200MA2XNB9999")
    line = FapiaoLine(
        position=1, item="信息技术服务", code="3040203000000000000", name="工时", unit="小时",
        quantity=Decimal("3.000"), net=100_00, tax=6_00, tax_rate=SIX,
    )  # fmt: skip
    content = FapiaoContent(seller=party, buyer=party, currency="CNY", lines=(line,))
    (blue,) = sheet_rows([SheetEntry(invoice_number="FP-2026-000001", kind="普通发票", content=content)])
    told = dict(zip(COLUMNS, blue, strict=True))
    assert (told["项目名称"], told["税收分类编码"]) == ("*信息技术服务*工时", "3040203000000000000")
    assert [told[name] for name in ("数量", "单价", "金额", "税率", "税额")] == [
        "3",
        "33.33333333",
        "100.00",
        "6%",
        "6.00",
    ]
    (taken,) = sheet_rows(
        [SheetEntry(invoice_number="FP-2026-000001", kind="普通发票", content=content, red=True, number=FIRST)]
    )
    told = dict(zip(COLUMNS, taken, strict=True))
    assert (told["金额"], told["税额"], told["数量"], told["蓝字发票号码"]) == ("-100.00", "-6.00", "-3", FIRST)


async def test_it_is_asked_for_and_numbered_once(finance: Finance) -> None:
    asked = await requested(finance, Item(106_00), Item(113_00, "打印机保养", THIRTEEN, "work"))
    assert (asked.net, asked.tax_amount, asked.gross) == (200_00, 19_00, 219_00)
    (entry,) = await sheet(finance)
    assert [line.name for line in entry.content.lines] == ["桌面服务月费", "打印机保养"]
    with pytest.raises(FapiaoLiving):
        await call(finance, "request", asked.invoice_id)
    done = await call(finance, "number", asked.id, FapiaoNumbered(FIRST, TODAY, asked.version))
    assert (done.state, done.number) == (FapiaoState.ISSUED, FIRST)
    assert await sheet(finance) == []
    with pytest.raises(FapiaoMoveRefused):
        await call(finance, "number", done.id, FapiaoNumbered(SECOND, TODAY, done.version))


async def test_a_number_belongs_to_one(finance: Finance) -> None:
    await issued(finance)
    other = await requested(finance)
    with pytest.raises(FapiaoNumberTaken):
        await call(finance, "number", other.id, FapiaoNumbered(FIRST, TODAY, other.version))


async def test_a_special_one_names_the_buyers_tax_number_and_some_want_none(finance: Finance) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        with pytest.raises(Invalid):
            await Profiles(work).write_buyer(finance.client.id, BillingProfileWrite(fapiao_kind=FapiaoKind.SPECIAL))
        await Profiles(work).write_buyer(finance.client.id, BillingProfileWrite(fapiao_kind=FapiaoKind.NONE))
    with pytest.raises(Invalid):
        await requested(finance)


async def test_only_what_was_not_given_back_is_entered(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00), Item(53_00)]))
    first, second = await line_ids(finance, invoice)
    await credit(finance, invoice, (first, 106_00))
    await credit(finance, invoice, (second, 3_00))
    asked = await call(finance, "request", invoice.id)
    assert asked.gross == 50_00
    await call(finance, "withdraw", asked.id, asked.version)
    await credit(finance, invoice)
    with pytest.raises(FapiaoNothingLeft):
        await call(finance, "request", invoice.id)


async def test_what_the_buyer_has_not_used_is_taken_back_at_once(finance: Finance) -> None:
    blue = await issued(finance)
    taken = await call(finance, "request_red", blue.id, red(blue.version))
    assert taken.state == FapiaoState.RED_CONFIRMED
    (entry,) = await sheet(finance)
    assert (entry.red, entry.number) == (True, FIRST)
    done = await call(finance, "number", taken.id, FapiaoNumbered(SECOND, TODAY, taken.version))
    assert (done.state, done.number, done.red_number) == (FapiaoState.RED_ISSUED, FIRST, SECOND)
    assert (await call(finance, "request", blue.invoice_id)).state == FapiaoState.REQUESTED


async def test_what_was_used_is_confirmed_within_72_hours_or_lapses(
    finance: Finance, clock: SettableClock, http: ClientFor
) -> None:
    blue = await issued(finance)
    pending = await call(finance, "request_red", blue.id, red(blue.version, used=True))
    assert pending.state == FapiaoState.RED_PENDING
    page = await (await http(finance.writer)).get(f"/workspace/fapiaos/{pending.id}")
    assert (page.status_code, "之前确认，过期作废" in page.text, "&lt;time" in page.text) == (200, True, False)
    clock.set(START + timedelta(hours=72))
    with pytest.raises(FapiaoMoveRefused):
        await call(finance, "confirm_red", pending.id, pending.version)
    async with finance.units_of_work.begin(finance.partner.system) as work:
        assert await lapse(work) == 1
        assert await lapse(work) == 0
    again = await call(finance, "request_red", blue.id, red(pending.version + 1, used=True))
    clock.set(START + timedelta(hours=100))
    assert (await call(finance, "confirm_red", again.id, again.version)).state == FapiaoState.RED_CONFIRMED


async def test_a_part_is_taken_back_in_the_order_of_the_blue_lines(finance: Finance) -> None:
    invoice = await finance.issue(await finance.draft([Item(106_00, "甲"), Item(53_00, "乙"), Item(10_60, "丙")]))
    asked = await call(finance, "request", invoice.id)
    blue = await call(finance, "number", asked.id, FapiaoNumbered(FIRST, TODAY, asked.version))
    first, _, third = await line_ids(finance, invoice)
    note = await credit(finance, invoice, (third, 10_60), (first, 53_00))
    await call(finance, "request_red", blue.id, red(blue.version, credit_note_id=note.id))
    (entry,) = await sheet(finance)
    assert [(line.name, line.net + line.tax) for line in entry.content.lines] == [("甲", 53_00), ("丙", 10_60)]


async def test_the_sheet_is_an_excel_file_with_the_tax_offices_columns(finance: Finance, http: ClientFor) -> None:
    asked = await requested(finance)
    answer = await (await http(finance.writer)).get("/workspace/fapiaos/sheet")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == list(COLUMNS)
    assert rows[1][0] == asked.invoice_number
    for address in ("/workspace/fapiaos", f"/workspace/fapiaos/{asked.id}", f"/workspace/invoices/{asked.invoice_id}"):
        page = await (await http(finance.writer)).get(address)
        assert asked.invoice_number in page.text, address


async def test_numbers_come_back_in_a_list(finance: Finance, runtime: Runtime, http: ClientFor) -> None:
    first, second = await requested(finance), await requested(finance)
    lists = ListUploads(runtime, http, finance.partner, "fapiao-numbers")
    content = (
        "账单编号,发票号码,开票日期\n"
        f"{first.invoice_number},{FIRST},2026-11-16\n"
        f"{second.invoice_number},12345,2026-11-16\n"
        f"FP-2026-999999,{SECOND},2026-11-16\n"
    )
    uploaded = await lists.upload(content)
    assert (uploaded["counts"]["new"], [code for _, code in codes(uploaded)]) == (
        1,
        ["fapiao_number_malformed", "fapiao_not_waiting"],
    )
    await lists.post(uploaded, "confirm")
    await lists.run(uploaded)
    done = next(row for row in await lists.rows(Fapiao) if row.id == first.id)
    assert (done.number, done.issued_on, done.state) == (FIRST, date(2026, 11, 16), "issued")
    again = await lists.upload(content)
    assert again["counts"]["unchanged"] == 1


async def test_a_part_stands_as_goods_whether_it_was_quoted_or_not(finance: Finance) -> None:
    """The network says as what kinds of charges are taxed; the rate tells whether what was quoted is a part."""
    items = [
        Item(106_00),
        Item(113_00, rate=THIRTEEN, tax="vat_13", category="quoted"),
        Item(106_00, category="quoted"),
    ]
    invoice = await finance.issue(await finance.draft(items))
    await call(finance, "request", invoice.id)
    (entry,) = await sheet(finance)
    service, part = ("信息技术服务", "3040203000000000000"), ("计算机配套产品", "1090512990000000000")
    assert [(line.item, line.code) for line in entry.content.lines] == [service, part, service]


async def test_the_company_says_by_which_item_it_is_taxed(finance: Finance) -> None:
    async with finance.units_of_work.begin(finance.writer) as work:
        stored = await Profiles(work).seller()
        said = {name: getattr(stored, name) for name in stored.__struct_fields__}
        said |= {"tax_item_name": "修理修配劳务", "tax_item_code": "2020000000000000000"}
        await Profiles(work).write_seller(SellerProfileWrite(**said))
    await requested(finance)
    (entry,) = await sheet(finance)
    assert {(line.item, line.code) for line in entry.content.lines} == {("修理修配劳务", "2020000000000000000")}
    async with finance.units_of_work.begin(finance.writer) as work:
        said["version"] += 1
        with pytest.raises(Invalid):
            await Profiles(work).write_seller(SellerProfileWrite(**(said | {"tax_item_code": ""})))
