"""The price book in the partner workspace, and headquarters' standard prices. Forms work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from billing.money import price_text
from billing.pricebook.listing import PRICES, SERVICE_CATEGORY_NAMES
from billing.pricebook.permissions import PriceBookPermission
from billing.pricebook.schemas import PRICE_MODE_NAMES, PriceBookPublish, PriceLineWrite, StandardPriceWrite
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices
from billing.pricebook.states import PRICE_BOOK_STATE_NAMES
from billing.pricebook.taxation import tax_items

BASE: Final = "/workspace/price-book"
STANDARD: Final = "/hq/standard-prices"
_READ, _WRITE = PriceBookPermission.PRICE_BOOK_READ, PriceBookPermission.PRICE_BOOK_WRITE
_STANDARD = PriceBookPermission.STANDARD_PRICE_WRITE


def address_of(version_id: UUID) -> str:
    """Where a version's prices stand."""
    return f"{BASE}/prices?version={version_id}"


@get(BASE, permission=_READ, include_in_schema=False)
async def versions_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All versions of the price book."""
    return page(
        request,
        "pricebook/versions.html",
        base=BASE,
        versions=await PriceBook(work).versions(),
        state_names=PRICE_BOOK_STATE_NAMES,
        address_of=address_of,
        may_write=_may_write(request),
    )


@post(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def begin_version(request: WebRequest) -> Response[Any]:
    """Begin a draft, or go on with the present one."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        return address_of((await PriceBook(work).begin()).id)

    return await submit(request, act)


@get(f"{BASE}/prices", permission=_READ, include_in_schema=False)
async def prices_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The prices of the version that the address names, and what differs from the one before."""
    book = PriceBook(work)
    try:
        version_id = UUID(request.query_params.get("version", ""))
    except ValueError:
        raise NotFound from None
    version = await book.get(version_id)
    return await list_page(
        request,
        work,
        PRICES,
        "pricebook/prices.html",
        version=version,
        changes=await book.changes(version_id),
        state_names=PRICE_BOOK_STATE_NAMES,
        tax_names=await _tax_names(work),
        price=price_text,
        may_write=_may_write(request),
        base=BASE,
    )


@get(f"{BASE}/{{price_book_id:uuid}}/publish", permission=_WRITE, include_in_schema=False)
async def publish_page(request: WebRequest, work: RequestWork, price_book_id: FromPath[UUID]) -> Response[Any]:
    """From which day the draft is to hold."""
    version = await PriceBook(work).get(price_book_id)
    return await _publish_form(request, price_book_id, work, FormValues.of(version, effective_from=""))


@post(f"{BASE}/{{price_book_id:uuid}}/publish", permission=_WRITE, include_in_schema=False)
async def publish_version(request: WebRequest, price_book_id: FromPath[UUID]) -> Response[Any]:
    """Publish the draft."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PriceBook(work).publish(price_book_id, form.read(PriceBookPublish))
        return address_of(price_book_id)

    return await submit(request, act, partial(_publish_form, request, price_book_id))


@post(f"{BASE}/{{price_book_id:uuid}}/discard", permission=_WRITE, include_in_schema=False)
async def discard_version(request: WebRequest, price_book_id: FromPath[UUID]) -> Response[Any]:
    """Give the draft up."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PriceBook(work).discard(price_book_id, form.whole_number("version"))
        return BASE

    return await submit(request, act)


@get(f"{BASE}/{{price_book_id:uuid}}/prices/new", permission=_WRITE, include_in_schema=False)
async def new_price_page(request: WebRequest, work: RequestWork, price_book_id: FromPath[UUID]) -> Response[Any]:
    """An empty form."""
    return await _price_form(request, price_book_id, work, FormValues())


@post(f"{BASE}/{{price_book_id:uuid}}/prices/new", permission=_WRITE, include_in_schema=False)
async def add_price(request: WebRequest, price_book_id: FromPath[UUID]) -> Response[Any]:
    """Add the price."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PriceBook(work).write_line(price_book_id, form.read(PriceLineWrite))
        return address_of(price_book_id)

    return await submit(request, act, partial(_price_form, request, price_book_id))


@get(f"{BASE}/{{price_book_id:uuid}}/prices/{{price_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def price_page(
    request: WebRequest, work: RequestWork, price_book_id: FromPath[UUID], price_id: FromPath[UUID]
) -> Response[Any]:
    """The price's form."""
    line = await PriceBook(work).line(price_book_id, price_id)
    return await _price_form(request, price_book_id, work, FormValues.of(line, unit_price=f"{line.unit_price:f}"))


@post(f"{BASE}/{{price_book_id:uuid}}/prices/{{price_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def change_price(request: WebRequest, price_book_id: FromPath[UUID], price_id: FromPath[UUID]) -> Response[Any]:
    """Write the price, or take it out, by the button that was pressed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        if form["action"] == "remove":
            await PriceBook(work).remove_line(price_book_id, price_id)
        else:
            await PriceBook(work).write_line(price_book_id, form.read(PriceLineWrite), price_id)
        return address_of(price_book_id)

    return await submit(request, act, partial(_price_form, request, price_book_id))


@get(STANDARD, permission=_STANDARD, include_in_schema=False)
async def standard_prices_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The network's service products and tax rates."""
    standard = StandardPrices(work)
    return page(
        request,
        "pricebook/standard_prices.html",
        base=STANDARD,
        prices=await standard.all(),
        tax_rates=await standard.tax_rates(),
        tax_items=await tax_items(work),
        category_names=SERVICE_CATEGORY_NAMES,
        tax_names=await _tax_names(work),
        price=price_text,
    )


@get([f"{STANDARD}/new", f"{STANDARD}/{{product_code:str}}"], permission=_STANDARD, include_in_schema=False)
async def standard_price_page(
    request: WebRequest, work: RequestWork, product_code: FromPath[str] = ""
) -> Response[Any]:
    """The product's form; an empty one for a new product."""
    values = FormValues({"version": 0})
    if product_code:
        stored = await StandardPrices(work).get(product_code)
        prices = {name: f"{getattr(stored, name):f}" for name in ("suggested", "floor", "ceiling")}
        values = FormValues.of(stored, **prices)
    return await _standard_form(request, product_code, work, values)


@post([f"{STANDARD}/new", f"{STANDARD}/{{product_code:str}}"], permission=_STANDARD, include_in_schema=False)
async def write_standard_price(request: WebRequest, product_code: FromPath[str] = "") -> Response[Any]:
    """Make or change the product."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await StandardPrices(work).write(product_code or form["code"], form.read(StandardPriceWrite))
        return STANDARD

    return await submit(request, act, partial(_standard_form, request, product_code))


def _may_write(request: WebRequest) -> bool:
    actor = actor_of(request)
    return actor.may(_WRITE) and not actor.read_only


async def _tax_names(work: UnitOfWork) -> dict[str, str]:
    return {rate.code: rate.name for rate in await StandardPrices(work).tax_rates()}


async def _choices(request: WebRequest, work: UnitOfWork) -> dict[str, list[tuple[str, str]]]:
    translate = translator_of(request)
    return {
        "service_category": [(code, translate(name)) for code, name in SERVICE_CATEGORY_NAMES.items()],
        "tax": [(code, translate(name)) for code, name in (await _tax_names(work)).items()],
        "price_mode": [(mode.value, translate(name)) for mode, name in PRICE_MODE_NAMES.items()],
    }


async def _price_form(
    request: WebRequest, version_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "pricebook/price_form.html",
        error,
        back=address_of(version_id),
        version=await PriceBook(work).get(version_id),
        fields=fields_of(PriceLineWrite),
        choices=await _choices(request, work),
        values=values,
        stored=request.url.path.rpartition("/")[2] != "new",
    )


async def _publish_form(
    request: WebRequest, version_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    book = PriceBook(work)
    return render_form(
        request,
        "pricebook/publish.html",
        error,
        back=address_of(version_id),
        version=await book.get(version_id),
        changes=await book.changes(version_id),
        tax_names=await _tax_names(work),
        price=price_text,
        fields=fields_of(PriceBookPublish),
        values=values,
    )


async def _standard_form(
    request: WebRequest, product_code: str, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "pricebook/standard_price_form.html",
        error,
        base=STANDARD,
        product_code=product_code,
        fields=fields_of(StandardPriceWrite),
        choices=await _choices(request, work),
        values=values,
    )


handlers = [*handlers_of(__name__), *list_handlers(PRICES)]
