"""Files that the tax office hands out come back: XML is read and held against ours, OFD is kept."""

import io
import zipfile

import httpx
import pytest

from app.platform.files.errors import FileRefused
from app.platform.files.inspection import inspect_upload
from billing.invoicing import Fapiaos, FapiaoView
from billing.invoicing.fapiao_errors import FapiaoFileUnreadable
from billing.invoicing.fapiao_files import read_fapiao
from billing.invoicing.fapiao_models import Fapiao
from tests.conftest import ClientFor
from tests.invoicing.conftest import TODAY, Finance
from tests.invoicing.test_fapiao import FIRST, SECOND, requested


async def _xml(finance: Finance, fapiao: FapiaoView, **said: str) -> bytes:
    """The file of a 发票 as the tax office writes it; `said` changes elements."""
    async with finance.units_of_work.begin(finance.writer) as work:
        row = await work.session.get(Fapiao, (work.tenant_id, fapiao.id))
        assert row is not None
        told = {
            "InvoiceNumber": FIRST,
            "IssueTime": f"{TODAY} 10:21:00",
            "SellerIdNum": row.content["seller"]["tax_number"],
            "BuyerIdNum": row.buyer_tax_number,
            "BuyerName": row.buyer_title,
            "TotalAmWithoutTax": f"{row.net / 100:.2f}",
            "TotalTaxAm": f"{row.tax_amount / 100:.2f}",
            "TotalTax-includedAmount": f"{row.gross / 100:.2f}",
            **said,
        }
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
    return f'<?xml version="1.0" encoding="utf-8"?><EInvoice>{elements}</EInvoice>'.encode()


def ofd(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"OFD.xml": b"<OFD/>", **parts}.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.fixture
async def writer(finance: Finance, http: ClientFor) -> httpx.AsyncClient:
    return await http(finance.writer)


async def _bring(writer: httpx.AsyncClient, fapiao: FapiaoView, data: bytes, name: str = "发票.xml") -> httpx.Response:
    return await writer.post(f"/workspace/fapiaos/{fapiao.id}/files", files={"files": (name, data)})


async def _read(finance: Finance, fapiao: FapiaoView) -> tuple[str, str, list[str]]:
    async with finance.units_of_work.begin(finance.writer) as work:
        fapiaos = Fapiaos(work)
        now = await fapiaos.get(fapiao.id)
        return now.state, now.number, [name for _, name in await fapiaos.files(fapiao.id)]


async def test_the_xml_file_tells_number_and_day(finance: Finance, writer: httpx.AsyncClient) -> None:
    asked = await requested(finance)
    answer = await _bring(writer, asked, await _xml(finance, asked))
    assert answer.status_code == 303, answer.text
    assert await _read(finance, asked) == ("issued", FIRST, ["发票.xml"])
    again = await _bring(writer, asked, await _xml(finance, asked, InvoiceNumber=SECOND))
    assert "应为" in again.text


@pytest.mark.parametrize(
    ("element", "text", "what"),
    [
        ("BuyerName", "别的公司", "购买方名称"),
        ("SellerIdNum", "91350200MA2XNB0000", "销售方税号"),
        ("TotalTaxAm", "6.01", "税额"),
        ("TotalTax-includedAmount", "107.00", "价税合计"),
    ],
)
async def test_the_file_of_another_one_is_refused_and_says_why(
    finance: Finance, writer: httpx.AsyncClient, element: str, text: str, what: str
) -> None:
    asked = await requested(finance)
    answer = await _bring(writer, asked, await _xml(finance, asked, **{element: text}))
    assert answer.status_code == 422
    assert what in answer.text
    assert await _read(finance, asked) == ("requested", "", [])


async def test_ofd_is_kept(finance: Finance, writer: httpx.AsyncClient) -> None:
    asked = await requested(finance)
    assert (await _bring(writer, asked, ofd(), "发票.ofd")).status_code == 303
    assert await _read(finance, asked) == ("requested", "", ["发票.ofd"])


@pytest.mark.parametrize(
    "data", [ofd(bomb=b"\0" * 100_000_001), ofd().replace(b"OFD.xml", b"ABC.xml"), ofd() + b"more"]
)
def test_an_ofd_that_unpacks_to_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        inspect_upload(data, "a.ofd", tax_documents=True)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="cp037"?><a/>',
        b"<a>",
        b"<html><script>alert(1)</script></html>",
    ],
)
def test_xml_that_declares_or_is_broken_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        inspect_upload(data, "a.xml", tax_documents=True)


def test_elsewhere_neither_is_taken() -> None:
    for data, name in ((b"<EInvoice/>", "a.xml"), (ofd(), "a.ofd")):
        with pytest.raises(FileRefused):
            inspect_upload(data, name)


@pytest.mark.parametrize(
    "data", [b"<Invoice/>", b"<EInvoice/>", b"<EInvoice><InvoiceNumber>1</InvoiceNumber></EInvoice>"]
)
def test_what_is_no_fapiao_is_not_read(data: bytes) -> None:
    with pytest.raises(FapiaoFileUnreadable):
        read_fapiao(data)
