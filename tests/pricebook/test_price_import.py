"""A price list comes in from Excel into the draft, and a price says whether it holds its tax (B1)."""

from datetime import date
from decimal import Decimal

import pytest

from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.money import PriceMode
from billing.pricebook.errors import PriceOutOfBounds
from billing.pricebook.models import PriceBookLine, PriceBookVersion
from billing.pricebook.schemas import PriceBookPublish, PriceLineWrite, StandardPriceWrite
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices
from tests.conftest import ClientFor
from tests.factories.imports import ListUploads, codes
from tests.factories.network import Network, PartnerCompany

pytestmark = pytest.mark.usefixtures("monday_morning")
HEADINGS = "服务编号,服务名称,类别,单价（元）,单位,税率,含税\n"


@pytest.fixture
def lists(runtime: Runtime, http: ClientFor, partner: PartnerCompany) -> ListUploads:
    return ListUploads(runtime, http, partner, "prices")


@pytest.fixture
async def bounded(units_of_work: UnitOfWorkFactory, network: Network) -> str:
    """The code of an hour that headquarters lets be sold between 120 and 300 yuan, with tax."""
    code = f"H-{new_id()}"
    async with units_of_work.begin(network.administrator) as work:
        wanted = StandardPriceWrite(
            "工程师工时", "小时", "hardware", Decimal(180), Decimal(120), Decimal(300), "vat_6", 0
        )
        await StandardPrices(work).write(code, wanted)
    return code


async def stored(lists: ListUploads) -> dict[str, tuple[str, str, str]]:
    rows = await lists.rows(PriceBookLine)
    return {row.code: (f"{row.unit_price.normalize():f}", row.tax, row.price_mode) for row in rows}


async def test_a_list_becomes_the_draft(lists: ListUploads) -> None:
    uploaded = await lists.upload(
        HEADINGS
        + 'DT-HOUR,工程师工时,hardware,￥180.00,小时,6%,含税\nNW-CABLE,网线制作,network,"1,015.5元",根,vat_13,否\n'
    )
    assert (uploaded["counts"]["new"], codes(uploaded)) == (2, [])
    assert await stored(lists) == {}, "a dry run writes nothing"
    await lists.post(uploaded, "confirm")
    await lists.run(uploaded)
    assert await stored(lists) == {
        "DT-HOUR": ("180", "vat_6", "tax_included"),
        "NW-CABLE": ("1015.5", "vat_13", "tax_excluded"),
    }


async def test_what_a_row_leaves_out_stays_as_the_version_before_has_it(
    lists: ListUploads, units_of_work: UnitOfWorkFactory
) -> None:
    await lists.import_list(HEADINGS + "DT-HOUR,工程师工时,hardware,180,小时,6%,否\n")
    async with units_of_work.begin(lists.partner.owner) as work:
        (draft,) = await PriceBook(work).versions()
        await PriceBook(work).publish(draft.id, PriceBookPublish(date(2026, 11, 16), draft.version))
    done = await lists.import_list("服务编号,单价\nDT-HOUR,200\n")
    assert done["counts"]["changed"] == 1
    versions = {each.number: each for each in await lists.rows(PriceBookVersion)}
    (line,) = await lists.rows(PriceBookLine, PriceBookLine.version_id == versions[2].id)
    assert (line.unit_price, line.name, line.unit, line.tax, line.price_mode) == (
        200,
        "工程师工时",
        "小时",
        "vat_6",
        "tax_excluded",
    )
    (before,) = await lists.rows(PriceBookLine, PriceBookLine.version_id == versions[1].id)
    assert before.unit_price == 180


async def test_the_same_list_twice_is_once(lists: ListUploads) -> None:
    content = HEADINGS + "DT-HOUR,工程师工时,hardware,180,小时,6%,含税\n"
    await lists.import_list(content)
    again = await lists.upload(content)
    assert (again["counts"]["new"], again["counts"]["changed"], again["counts"]["unchanged"]) == (0, 0, 1)


async def test_headquarters_bounds_refuse_the_row_and_say_so(lists: ListUploads, bounded: str) -> None:
    uploaded = await lists.upload(f"服务编号,服务,类别,单价,单位,税率\n{bounded},工时,hardware,301,小时,6%\n")
    (issue,) = uploaded["issues"]
    assert (issue["code"], uploaded["counts"]["refused"]) == ("price_out_of_bounds", 1)
    assert (issue["parameters"]["floor"], issue["parameters"]["ceiling"]) == ("120.00", "300.00")


async def test_rows_that_are_no_price_are_refused_one_by_one(lists: ListUploads) -> None:
    uploaded = await lists.upload(
        HEADINGS
        + "A-1,一,hardware,-5,次,6%,\n"
        + "A-2,二,hardware,1.2345678,次,6%,\n"
        + "A-3,三,hardware,10,次,17%,\n"
        + "A-4,四,,10,次,6%,\n"
        + "上门,五,hardware,10,次,6%,\n"
        + "A-6,六,hardware,10,次,6%,\n"
    )
    assert [code for _, code in codes(uploaded)] == [
        "amount_unusable",
        "amount_unusable",
        "tax_unknown",
        "value_missing",
        "code_unusable",
    ]
    assert (uploaded["counts"]["new"], uploaded["counts"]["refused"]) == (1, 5)


async def test_bounds_hold_for_what_the_client_pays(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, bounded: str
) -> None:
    async with units_of_work.begin(partner.owner) as work:
        book = PriceBook(work)
        draft = await book.begin()
        line = next(each for each in await book.lines(draft.id) if each.code == bounded)
        for price, allowed in (("283.01", True), ("283.02", False)):  # 299.9906 and 300.0012 with 6 %
            wanted = PriceLineWrite(
                bounded, "工程师工时", "小时", "hardware", Decimal(price), "vat_6", PriceMode.TAX_EXCLUDED
            )
            if allowed:
                line = await book.write_line(draft.id, wanted, line.id)
            else:
                with pytest.raises(PriceOutOfBounds):
                    await book.write_line(draft.id, wanted, line.id)
