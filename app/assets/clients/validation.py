"""Validation and normalisation of client records; all faulty fields are reported at once. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import String, Table

from app.assets.clients.errors import ClientRecordInvalid
from app.platform.kernel.contact_details import ContactDetailInvalid, normalise_email, normalise_office_phone
from app.platform.kernel.errors import DomainError
from app.platform.kernel.model import Model
from app.platform.kernel.texts import N_
from tenants.partners import city

MISSING: Final = N_("请填写。")
TOO_LONG: Final = N_("太长了，请写短一些。")
CODE_RULE: Final = N_("只用小写字母、数字和连字符，2 到 40 个字符，以字母或数字开头和结尾。")
UNKNOWN_CITY: Final = N_("没有找到这个城市，请从列表中选择。")
UNKNOWN_ZONE: Final = N_("没有这个时区，请从列表中选择。")
EXTENSION_RULE: Final = N_("请填写手机、带区号的座机，或 2 到 6 位分机号。")

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")


def _code(text: str) -> str:
    code = text.lower()
    if _CODE.fullmatch(code) is None:
        raise ClientRecordInvalid(fields={"": CODE_RULE})
    return code


def _city_code(text: str) -> str:
    if text and city(text) is None:
        raise ClientRecordInvalid(fields={"": UNKNOWN_CITY})
    return text


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ClientRecordInvalid(fields={"": UNKNOWN_ZONE}) from error
    return text


def normalise_phone(text: str) -> str:
    """A telephone number in its one form, or a bare extension of the client's own exchange.

    Raises:
        ClientRecordInvalid: neither.
    """
    try:
        return normalise_office_phone(text) if text else text
    except ContactDetailInvalid as error:
        raise ClientRecordInvalid(fields={"": EXTENSION_RULE}) from error


def _email(text: str) -> str:
    return normalise_email(text) if text else ""


_NORMALISERS: Mapping[str, Callable[[str], str]] = {
    "code": _code,
    "city_code": _city_code,
    "time_zone": _time_zone,
    "phone": normalise_phone,
    "email": _email,
    "employee_number": str.upper,
}
_REQUIRED = frozenset({"name", "code", "time_zone"})


def validated(data: msgspec.Struct, model: type[Model]) -> dict[str, Any]:
    """The columns that `data` gives, without its `version`: trimmed, in form, inside the columns' lengths.

    Raises:
        ClientRecordInvalid: naming every field at fault.
    """
    columns = cast("Table", model.__table__).columns
    values: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for field in data.__struct_fields__:
        if field == "version":
            continue
        value = getattr(data, field)
        if isinstance(value, str):
            try:
                value = _text(field, value.strip(), columns[field].type)
            except DomainError as error:
                refused[field] = error.fields.get("", error.text)
        values[field] = value
    if refused:
        raise ClientRecordInvalid(fields=refused)
    return values


def _text(field: str, value: str, kind: object) -> str:
    if not value and field in _REQUIRED:
        raise ClientRecordInvalid(fields={"": MISSING})
    if value and field in _NORMALISERS:
        value = _NORMALISERS[field](value)
    if isinstance(kind, String) and kind.length is not None and len(value) > kind.length:
        raise ClientRecordInvalid(fields={"": TOO_LONG})
    return value
