"""The company profile: hot-line, city, time zone and days until automatic closing."""

from typing import Any

from litestar import Response, get, post

from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import form_fields, render_form
from app.platform.web.pages import see_other
from rbac import Permission
from tenants.partners import CompanyProfiles, CompanyProfileUpdate, cities_of, provinces

COMPANY = "/workspace/company"
FIELDS = ("hotline", "city_code", "time_zone", "silence_days")


@get(COMPANY, permission=Permission.TENANT_WRITE, include_in_schema=False)
async def company_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The form with the stored profile."""
    return await _draw(request, work, None, None)


@post(COMPANY, permission=Permission.TENANT_WRITE, include_in_schema=False)
async def change_company(request: WebRequest) -> Response[Any]:
    """Save the profile; on a domain error the form comes back with the submitted values."""
    given = await form_fields(request, "version", *FIELDS)
    runtime, actor, origin = runtime_of(request), actor_of(request), origin_of(request)
    try:
        async with runtime.units_of_work.begin(actor, origin) as work:
            await CompanyProfiles(work).update(
                CompanyProfileUpdate(
                    version=_parse_whole_number(given["version"]),
                    hotline=given["hotline"],
                    city_code=given["city_code"] or None,
                    time_zone=given["time_zone"],
                    silence_days=_parse_whole_number(given["silence_days"]),
                )
            )
    except DomainError as error:
        async with runtime.units_of_work.begin(actor, origin) as work:
            return await _draw(request, work, error, given)
    return see_other(request, COMPANY)


async def _draw(
    request: WebRequest, work: UnitOfWork, error: DomainError | None, given: dict[str, str] | None
) -> Response[str]:
    profile = await CompanyProfiles(work).get()
    stored = {name: str(getattr(profile, name)) for name in ("version", *FIELDS)}
    cities = [(city.code, city.full_name) for province in provinces() for city in cities_of(province.code)]
    return render_form(request, "desk/company.html", error, profile=profile, given=given or stored, cities=cities)


def _parse_whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


handlers = [company_page, change_company]
