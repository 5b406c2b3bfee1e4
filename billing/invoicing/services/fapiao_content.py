"""What is entered at the tax office about an invoice."""

from collections.abc import Mapping

from sqlalchemy import select

from app.platform.kernel.errors import Invalid
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.document import invoice_content
from billing.invoicing.fapiao_sheet import FapiaoContent, FapiaoLine
from billing.invoicing.models import Invoice, InvoiceDocument, InvoiceLine, SellerProfile
from billing.invoicing.schemas import FapiaoKind
from billing.invoicing.services.giving_back import creditable
from billing.invoicing.services.profiles import billing_profiles
from billing.pricebook import ALL_OTHERS, TaxItemView, tax_item_of, tax_items


async def compose(work: UnitOfWork, invoice: Invoice) -> tuple[FapiaoKind, FapiaoContent]:
    """What is left of an invoice, as the buyer's profile wants it.

    Raises:
        Invalid: the buyer wants none, or a 专用发票 without its tax number.
    """
    session = work.session
    profile = (await billing_profiles(work, [invoice.client_id])).get(invoice.client_id)
    kind = FapiaoKind(profile.fapiao_kind) if profile else FapiaoKind.GENERAL
    if kind is FapiaoKind.NONE:
        raise Invalid(fields={"fapiao_kind": N_("这家客户的开票资料写着不需要发票。")})
    document = present(
        await session.scalar(select(InvoiceDocument).where(InvoiceDocument.invoice_id == invoice.id)),
        "it is written with the invoice",
    )
    said = invoice_content(document)
    if kind is FapiaoKind.SPECIAL and not said.buyer.tax_number:
        raise Invalid(fields={"tax_number": N_("专用发票要有购买方的税号。")})
    own = await session.scalar(select(SellerProfile.tax_items).where(SellerProfile.id == work.tenant_id))
    network = await tax_items(work)
    left = {line.id: line for line in await creditable(work, invoice.id)}
    rows = await session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.position, InvoiceLine.id)
    )
    lines = []
    for row in rows:
        whole, gone = left[row.id].invoiced, left[row.id].credited
        if whole.gross == gone.gross:
            continue
        item, code = _item(own or {}, tax_item_of(network, row.category, row.day, row.tax), row.category)
        lines.append(
            FapiaoLine(
                position=row.position,
                item=item,
                code=code,
                name=row.name,
                unit=row.unit,
                quantity=None if gone.gross else row.quantity,
                net=whole.net - gone.net,
                tax=whole.tax - gone.tax,
                tax_rate=row.tax_rate,
            )
        )
    content = FapiaoContent(seller=said.seller, buyer=said.buyer, currency=invoice.currency, lines=tuple(lines))
    return kind, content


def _item(own: Mapping[str, Mapping[str, str]], network: TaxItemView, category: str) -> tuple[str, str]:
    """项目名称 and 税收分类编码: as the company says of this kind of charge, else as the network does; the same of all
    others."""
    said = own.get(category) or ({} if network.category else own.get(ALL_OTHERS)) or {}
    return said.get("name", network.name), said.get("code", network.code)
