"""What the pages of applications and of partners share: labels, and what their forms and addresses mean."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.web.form_values import FormValues
from app.platform.web.pages import translator_of
from tenants.partners import (
    HIGHEST_STAR_LEVEL,
    LOWEST_STAR_LEVEL,
    SERVICE_CATEGORIES,
    ApplicationState,
    PartnerState,
    city,
    named_city,
)
from tenants.partners.web_interface import APPLICATION_STATE_NAMES, PARTNER_STATE_NAMES

_APPLICATION_TONES = {
    ApplicationState.APPLIED: "active",
    ApplicationState.APPROVED: "good",
    ApplicationState.REJECTED: "bad",
}
APPLICATION_LABELS: dict[str, tuple[str, str]] = {
    state: (APPLICATION_STATE_NAMES[state], tone) for state, tone in _APPLICATION_TONES.items()
}
_PARTNER_TONES = {
    PartnerState.APPROVED: "waiting",
    PartnerState.TRIAL: "info",
    PartnerState.ACTIVE: "good",
    PartnerState.SUSPENDED: "bad",
    PartnerState.TERMINATED: "bad",
    PartnerState.ERASING: "bad",
    PartnerState.ERASED: "waiting",
}
PARTNER_LABELS: dict[str, tuple[str, str]] = {
    state: (PARTNER_STATE_NAMES[state], tone) for state, tone in _PARTNER_TONES.items()
}
CHANGE_LABELS = {
    "application": N_("申请"),
    "state": N_("状态"),
    "star_level": N_("星级"),
    "territory": N_("服务城市"),
    "authorisations": N_("授权类别"),
}
_BETWEEN_CITIES = re.compile(r"[,，、;；\s]+")


@contextmanager
def reason_field(name: str) -> Iterator[None]:
    """A refused `reason` is that of the form's field `name`: the page has several forms with reasons."""
    try:
        yield
    except DomainError as error:
        if "reason" in error.fields:
            error.fields[name] = error.fields.pop("reason")
        raise


def partner_labels(request: WebRequest) -> dict[str, Any]:
    """The labels of states, categories and history entries."""
    translate = translator_of(request)

    def change_value(kind: str, value: str) -> str:
        if kind == "territory":
            return "、".join(city_name(code) for code in value.split(",") if code)
        if kind == "authorisations":
            return "、".join(
                translate(SERVICE_CATEGORIES[code].name) for code in value.split(",") if code in SERVICE_CATEGORIES
            )
        if kind in {"application", "state"}:
            labels = PARTNER_LABELS if kind == "state" else APPLICATION_LABELS
            return translate(labels[value][0]) if value in labels else value
        return value

    return {
        "application_labels": APPLICATION_LABELS,
        "partner_labels": PARTNER_LABELS,
        "change_labels": CHANGE_LABELS,
        "categories": SERVICE_CATEGORIES.values(),
        "star_levels": [(str(level), str(level)) for level in range(LOWEST_STAR_LEVEL, HIGHEST_STAR_LEVEL + 1)],
        "change_value": change_value,
    }


def city_codes(text: str) -> list[str]:
    """City codes of names as people write them, `厦门、漳州`.

    Raises:
        Invalid: naming the field `territory`.
    """
    found = [named_city(name) for name in _BETWEEN_CITIES.split(text) if name]
    if not found or None in found:
        raise Invalid(fields={"territory": N_("请填写城市名称，用顿号分开，如“厦门、漳州”。")})
    return [each.code for each in found if each]


def city_name(code: str) -> str:
    found = city(code)
    return found.name if found else code


def whole_number(form: FormValues, field: str) -> int:
    text = form[field]
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Invalid(fields={field: N_("请填写数字。")})
    return int(text)
