"""The catalogue of add-ons in the partner workspace: the list, one service, and a table to edit prices in."""

from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import translator_of
from billing.addons.listing import CATALOGUE
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import AddonQuickEdit, AddonStateChange, AddonView, AddonWrite
from billing.addons.services import AddonCatalogue
from billing.addons.services.catalogue import CATEGORY_NAMES
from billing.addons.states import KIND_NAMES, TARGET_NAMES
from billing.money import price_text
from billing.periods import CYCLE_NAMES
from billing.pricebook import StandardPrices
from billing.terms import BILLED_NAMES
from tenants.partners import authorised_categories

BASE: Final = "/workspace/addons/catalogue"
_READ, _WRITE = AddonPermission.ADDON_READ, AddonPermission.ADDON_WRITE
_EDITED: Final = ("name", "unit", "unit_price")


@get(BASE, permission=_READ, include_in_schema=False)
async def catalogue_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What clients can order."""
    actor = actor_of(request)
    return await list_page(
        request,
        work,
        CATALOGUE,
        "addons/catalogue.html",
        may_write=actor.may(_WRITE) and not actor.read_only,
        tax_names=await _tax_names(work),
        allowed=await authorised_categories(work),
        price=price_text,
    )


@get(f"{BASE}/edit", permission=_WRITE, include_in_schema=False)
async def quick_edit_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All services in one table, to type in like in a spreadsheet."""
    return await _table(request, work, FormValues())


@post(f"{BASE}/edit", permission=_WRITE, include_in_schema=False)
async def quick_edit(request: WebRequest) -> Response[Any]:
    """Save what differs, all of it or nothing."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await AddonCatalogue(work).quick_edit(_lines_of(form))
        return BASE

    return await submit(request, act, partial(_table, request))


@get(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def new_addon_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """An empty form."""
    return await _form(request, None, work, FormValues({"version": 0}))


@post(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def create_addon(request: WebRequest) -> Response[Any]:
    """Add the service."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await AddonCatalogue(work).create(form.read(AddonWrite))
        return BASE

    return await submit(request, act, partial(_form, request, None))


@get(f"{BASE}/{{addon_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def addon_page(request: WebRequest, work: RequestWork, addon_id: FromPath[UUID]) -> Response[Any]:
    """The service's form."""
    addon = await AddonCatalogue(work).get(addon_id)
    return await _form(request, addon_id, work, FormValues.of(addon, unit_price=_typed(addon)))


@post(f"{BASE}/{{addon_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def change_addon(request: WebRequest, addon_id: FromPath[UUID]) -> Response[Any]:
    """Change the service."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await AddonCatalogue(work).change(addon_id, form.read(AddonWrite))
        return BASE

    return await submit(request, act, partial(_form, request, addon_id))


@post(f"{BASE}/{{addon_id:uuid}}/state", permission=_WRITE, include_in_schema=False)
async def change_addon_state(request: WebRequest, addon_id: FromPath[UUID]) -> Response[Any]:
    """Withdraw the service, or offer it again."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        catalogue = AddonCatalogue(work)
        await catalogue.get(addon_id)
        await catalogue.change_state(addon_id, form.read(AddonStateChange))
        return BASE

    return await submit(request, act)


def _typed(addon: AddonView) -> str:
    """The price as it is typed: 120, not 120.000000."""
    return f"{addon.unit_price.normalize():f}"


def _lines_of(form: FormValues) -> list[AddonQuickEdit]:
    """The table's lines; the field `name` of the line with the id X is called `name:X`.

    Raises:
        Invalid: naming each field at fault as the table calls it.
    """
    lines: list[AddonQuickEdit] = []
    refused: dict[str, str] = {}
    for addon_id in form.checked("id"):
        values = {name: form[f"{name}:{addon_id}"] for name in (*_EDITED, "version")}
        try:
            lines.append(FormValues({**values, "id": addon_id}).read(AddonQuickEdit))
        except Invalid as error:
            refused |= {f"{name}:{addon_id}": text for name, text in error.fields.items()}
    if refused:
        raise Invalid(fields=refused)
    return lines


async def _tax_names(work: UnitOfWork) -> dict[str, str]:
    return {rate.code: rate.name for rate in await StandardPrices(work).tax_rates()}


async def _table(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    addons = await AddonCatalogue(work).all()
    shown: dict[str, Any] = {}
    for each in addons:
        stored = msgspec.structs.asdict(each) | {"unit_price": _typed(each)}
        shown |= {f"{name}:{each.id}": stored[name] for name in (*_EDITED, "version")}
    return render_form(
        request,
        "addons/quick_edit.html",
        error,
        base=BASE,
        addons=addons,
        edited=_EDITED,
        values=values.over(shown),
        category_names=CATEGORY_NAMES,
        cycle_names=CYCLE_NAMES,
        kind_names=KIND_NAMES,
    )


async def _form(
    request: WebRequest,
    addon_id: UUID | None,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    translate = translator_of(request)
    allowed = await authorised_categories(work)
    names: dict[str, dict[Any, str]] = {
        "service_category": {code: name for code, name in CATEGORY_NAMES.items() if code in allowed},
        "kind": KIND_NAMES,
        "target": TARGET_NAMES,
        "tax": await _tax_names(work),
        "cycle": CYCLE_NAMES,
        "billed": BILLED_NAMES,
    }
    addon = await AddonCatalogue(work).get(addon_id) if addon_id else None
    if addon is not None:
        names["service_category"].setdefault(addon.service_category, CATEGORY_NAMES[addon.service_category])
    return render_form(
        request,
        "addons/addon_form.html",
        error,
        base=BASE,
        addon=addon,
        fields=fields_of(AddonWrite),
        choices={field: [(code, translate(name)) for code, name in each.items()] for field, each in names.items()},
        values=values,
    )


handlers = [*handlers_of(__name__), *list_handlers(CATALOGUE)]
