"""The company profile: hot-line, city, time zone and days until automatic closing."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from rbac import Permission
from tenants.partners import CompanyProfiles, CompanyProfileUpdate, cities_of, provinces

COMPANY = "/workspace/company"


@get(COMPANY, permission=Permission.TENANT_WRITE, include_in_schema=False)
async def company_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The form with the stored profile."""
    return await _draw(request, work)


@post(COMPANY, permission=Permission.TENANT_WRITE, include_in_schema=False)
async def change_company(request: WebRequest) -> Response[Any]:
    """Save the profile."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await CompanyProfiles(work).update(
            CompanyProfileUpdate(
                version=form.whole_number("version"),
                hotline=form["hotline"],
                city_code=form["city_code"] or None,
                time_zone=form["time_zone"],
                auto_close_days=form.whole_number("auto_close_days"),
            )
        )
        return COMPANY

    return await submit(request, act, partial(_draw, request))


async def _draw(
    request: WebRequest, work: UnitOfWork, values: FormValues | None = None, error: DomainError | None = None
) -> Response[str]:
    profile = await CompanyProfiles(work).get()
    cities = [(city.code, city.full_name) for province in provinces() for city in cities_of(province.code)]
    return render_form(
        request, "desk/company.html", error, profile=profile, values=values or FormValues.of(profile), cities=cities
    )


handlers = handlers_of(__name__)
