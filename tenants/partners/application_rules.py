"""Validation of an application's fields; each refused field has its own message."""

from collections.abc import Callable
from typing import Final

from app.platform.kernel.contact_details import normalise_email, normalise_mobile, normalise_phone
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_, translator
from tenants.partners.credit_code import normalise_credit_code
from tenants.partners.errors import ApplicationInvalid
from tenants.partners.plans_and_categories import PLANS, SERVICE_CATEGORIES
from tenants.partners.regions import city
from tenants.partners.schemas import CompanyDetails, ContactDetails
from tenants.partners.slugs import normalise_slug

LONGEST_NAME: Final = 120
LONGEST_PERSON: Final = 60
LONGEST_INTRODUCTION: Final = 300
LONGEST_REASON: Final = 500


class Required(Invalid):
    """Nothing was given."""

    code = "application.field_missing"
    text = N_("请填写这一项。")


class TooLong(Invalid):
    """More characters than there is room for."""

    code = "application.field_too_long"
    text = N_("最多 %(most)s 个字。")


class CityUnknown(Invalid):
    """No city of GB/T 2260 has this code."""

    code = "application.city_unknown"
    text = N_("请从列表里选择城市。")


class PlanUnknown(Invalid):
    """No such plan."""

    code = "application.plan_unknown"
    text = N_("请选择一个方案。")


class CategoryUnknown(Invalid):
    """No such service category."""

    code = "application.category_unknown"
    text = N_("没有这个服务类别。")


def check_company(details: CompanyDetails, language: str) -> CompanyDetails:
    """The details as they are stored.

    Raises:
        ApplicationInvalid: naming every field at fault, in `language` where the sentence holds a number.
    """
    fields = _Fields(language)
    checked = CompanyDetails(
        legal_name=fields.take("legal_name", lambda: one_line(details.legal_name, LONGEST_NAME)),
        credit_code=fields.take("credit_code", lambda: normalise_credit_code(details.credit_code)),
        city_code=fields.take("city_code", lambda: known_city(details.city_code)),
        slug=fields.take("slug", lambda: normalise_slug(details.slug)),
        plan=fields.take("plan", lambda: _known_plan(details.plan)),
        hotline=fields.take("hotline", lambda: optional_phone(details.hotline)),
        introduction=fields.take("introduction", lambda: free_text(details.introduction, LONGEST_INTRODUCTION)),
    )
    fields.refuse()
    return checked


def check_contact(details: ContactDetails, language: str) -> ContactDetails:
    """The details as they are stored.

    Raises:
        ApplicationInvalid: naming every field at fault.
    """
    fields = _Fields(language)
    checked = ContactDetails(
        contact_name=fields.take("contact_name", lambda: one_line(details.contact_name, LONGEST_PERSON)),
        mobile=fields.take("mobile", lambda: normalise_mobile(details.mobile)),
        email=fields.take("email", lambda: normalise_email(details.email).lower()),
    )
    fields.refuse()
    return checked


def check_application(
    company: CompanyDetails, contact: ContactDetails, language: str
) -> tuple[CompanyDetails, ContactDetails]:
    """Both steps at once.

    Raises:
        ApplicationInvalid: naming every field of both at fault.
    """
    problems: dict[str, str] = {}
    try:
        company = check_company(company, language)
    except ApplicationInvalid as refusal:
        problems |= refusal.fields
    try:
        contact = check_contact(contact, language)
    except ApplicationInvalid as refusal:
        problems |= refusal.fields
    if problems:
        raise ApplicationInvalid(fields=problems)
    return company, contact


def one_line(text: str, most: int) -> str:
    """Printable text on one line, not empty.

    Raises:
        Required, TooLong
    """
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    if not line:
        raise Required
    if len(line) > most:
        raise TooLong(most=most)
    return line


def free_text(text: str, most: int) -> str:
    """Text of several lines, possibly empty.

    Raises:
        TooLong
    """
    lines = (
        "".join(character for character in line if character.isprintable()).strip()
        for line in text.strip().splitlines()
    )
    kept = "\n".join(lines)
    if len(kept) > most:
        raise TooLong(most=most)
    return kept


def required_reason(text: str) -> str:
    """Why something was decided.

    Raises:
        Invalid: naming the field `reason`.
    """
    reason = free_text(text, LONGEST_REASON)
    if not reason:
        raise Invalid(fields={"reason": Required.text})
    return reason


def optional_phone(text: str) -> str:
    """
    Raises:
        PhoneInvalid
    """
    return normalise_phone(text) if text.strip() else ""


def known_city(code: str) -> str:
    """
    Raises:
        CityUnknown
    """
    if city(code) is None:
        raise CityUnknown
    return code


def known_cities(codes: list[str]) -> list[str]:
    """At least one city, each once, by code.

    Raises:
        Invalid: naming the field `territory`.
    """
    if not codes or any(city(code) is None for code in codes):
        raise Invalid(fields={"territory": CityUnknown.text})
    return sorted(set(codes))


def known_categories(codes: list[str]) -> list[str]:
    """Service categories, each once, in the order of the standard; none is possible.

    Raises:
        Invalid: naming the field `authorisations`.
    """
    if any(code not in SERVICE_CATEGORIES for code in codes):
        raise Invalid(fields={"authorisations": CategoryUnknown.text})
    return [code for code in SERVICE_CATEGORIES if code in codes]


def _known_plan(code: str) -> str:
    if code not in PLANS:
        raise PlanUnknown
    return code


class _Fields:
    """Collects what each field's rule refuses, so that a person sees all of it at once."""

    def __init__(self, language: str) -> None:
        self._translate = translator(language)
        self._problems: dict[str, str] = {}

    def take(self, name: str, rule: Callable[[], str]) -> str:
        try:
            return rule()
        except DomainError as refusal:
            # Sentences without numbers stay source texts; the answer translates them.
            self._problems[name] = (
                self._translate(refusal.text, **refusal.parameters) if refusal.parameters else refusal.text
            )
            return ""

    def refuse(self) -> None:
        if self._problems:
            raise ApplicationInvalid(fields=self._problems)
