"""Prices as JSON."""

from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.input_text import Input
from app.platform.lists.web_interface import saved_view_api
from billing.pricebook.listing import PRICES
from billing.pricebook.permissions import PriceBookPermission
from billing.pricebook.schemas import (
    PriceBookPublish,
    PriceBookVersionView,
    PriceChange,
    PriceLineView,
    PriceLineWrite,
    StandardPriceView,
    StandardPriceWrite,
    TaxItemView,
    TaxRateView,
)
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices
from billing.pricebook.taxation import tax_items

TAGS = ["price book"]
_READ, _WRITE = PriceBookPermission.PRICE_BOOK_READ, PriceBookPermission.PRICE_BOOK_WRITE


class VersionToDiscard(Input, frozen=True, forbid_unknown_fields=True):
    """`version` is the one that was read."""

    version: int


@get("/price-book-versions", permission=_READ, tags=TAGS)
async def list_versions(work: RequestWork) -> Page[PriceBookVersionView]:
    """All versions, the newest first, on one page."""
    return Page(await PriceBook(work).versions())


@post("/price-book-versions", permission=_WRITE, tags=TAGS)
@idempotent()
async def begin_version(request: WebRequest, work: RequestWork) -> PriceBookVersionView:
    """Begin a draft with the prices of the last version, or headquarters' suggested ones; the present draft if there is
    one."""
    return await PriceBook(work).begin()


@get("/price-book-versions/{price_book_id:uuid}", permission=_READ, tags=TAGS)
async def read_version(work: RequestWork, price_book_id: FromPath[UUID]) -> PriceBookVersionView:
    """One version."""
    return await PriceBook(work).get(price_book_id)


@post("/price-book-versions/{price_book_id:uuid}/publish", permission=_WRITE, tags=TAGS)
@idempotent()
async def publish_version(
    request: WebRequest, work: RequestWork, price_book_id: FromPath[UUID], data: JSONBody[PriceBookPublish]
) -> PriceBookVersionView:
    """Let a draft hold from a day on."""
    return await PriceBook(work).publish(price_book_id, data)


@post("/price-book-versions/{price_book_id:uuid}/discard", permission=_WRITE, tags=TAGS)
@idempotent()
async def discard_version(
    request: WebRequest, work: RequestWork, price_book_id: FromPath[UUID], data: JSONBody[VersionToDiscard]
) -> PriceBookVersionView:
    """Give a draft up."""
    return await PriceBook(work).discard(price_book_id, data.version)


@get("/price-book-versions/{price_book_id:uuid}/prices", permission=_READ, tags=TAGS)
async def list_prices(work: RequestWork, price_book_id: FromPath[UUID]) -> Page[PriceLineView]:
    """The version's prices by code, on one page."""
    return Page(await PriceBook(work).lines(price_book_id))


@post("/price-book-versions/{price_book_id:uuid}/prices", permission=_WRITE, tags=TAGS)
@idempotent()
async def add_price(
    request: WebRequest, work: RequestWork, price_book_id: FromPath[UUID], data: JSONBody[PriceLineWrite]
) -> PriceLineView:
    """Add a price to a draft."""
    return await PriceBook(work).write_line(price_book_id, data)


@put("/price-book-versions/{price_book_id:uuid}/prices/{price_id:uuid}", permission=_WRITE, tags=TAGS)
async def change_price(
    work: RequestWork, price_book_id: FromPath[UUID], price_id: FromPath[UUID], data: JSONBody[PriceLineWrite]
) -> PriceLineView:
    """Write a price of a draft."""
    return await PriceBook(work).write_line(price_book_id, data, price_id)


@delete("/price-book-versions/{price_book_id:uuid}/prices/{price_id:uuid}", permission=_WRITE, tags=TAGS)
async def remove_price(work: RequestWork, price_book_id: FromPath[UUID], price_id: FromPath[UUID]) -> None:
    """Take a price out of a draft."""
    await PriceBook(work).remove_line(price_book_id, price_id)


@get("/price-book-versions/{price_book_id:uuid}/changes", permission=_READ, tags=TAGS)
async def list_changes(
    work: RequestWork, price_book_id: FromPath[UUID], since: FromQuery[UUID | None] = None
) -> Page[PriceChange]:
    """What differs from the version `since`, or from the one published before it; by code, on one page."""
    return Page(await PriceBook(work).changes(price_book_id, since))


@get("/standard-prices", permission=_READ, tags=TAGS)
async def list_standard_prices(work: RequestWork) -> Page[StandardPriceView]:
    """The network's service products with the bounds of their prices, by code, on one page."""
    return Page(await StandardPrices(work).all())


@put(
    "/standard-prices/{product_code:str}",
    permission=PriceBookPermission.STANDARD_PRICE_WRITE,
    tags=TAGS,
)
async def write_standard_price(
    work: RequestWork, product_code: FromPath[str], data: JSONBody[StandardPriceWrite]
) -> StandardPriceView:
    """Make a service product of the network (`version` 0), or change it."""
    return await StandardPrices(work).write(product_code, data)


@get("/tax-rates", permission=_READ, tags=TAGS)
async def list_tax_rates(work: RequestWork) -> Page[TaxRateView]:
    """All rates of value-added tax with the days from which and until which they hold, on one page."""
    return Page(await StandardPrices(work).tax_rates())


@get("/tax-items", permission=_READ, tags=TAGS)
async def list_tax_items(work: RequestWork) -> Page[TaxItemView]:
    """As what each kind of charge is taxed where nobody says otherwise, with its days, on one page."""
    return Page(await tax_items(work))


handlers = [*handlers_of(__name__), *saved_view_api(PRICES, "/prices")]
