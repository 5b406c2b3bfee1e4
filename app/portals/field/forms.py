"""The engineer's forms, converted to the structs of the ticket services."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from app.desk.tickets import (
    DataHandlingCreate,
    OfflineSigning,
    Reason,
    ReportSigning,
    Resolution,
    TicketMessage,
    VisitOutcome,
    VisitResult,
    Waiting,
)
from app.platform.documents import BlankSignature, UnusableImage
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_

FormValues = dict[str, str]
Form = TypeVar("Form", bound=msgspec.Struct)
_PNG_DATA_URL = "data:image/png;base64,"

_FIELD_ERRORS = {
    "work_done": N_("请写下做了什么，最多 4000 字。"),
    "cause": N_("最多 4000 字。"),
    "work_minutes": N_("请填写 0 到 1440 分钟。"),
    "travel_minutes": N_("请填写 0 到 1440 分钟。"),
    "reason": N_("请写明原因，最多 500 字。"),
    "note": N_("最多 4000 字。"),
    "text": N_("请写点什么，最多 4000 字。"),
    "name": N_("请填写签字人的姓名。"),
    "kind": N_("请选择。"),
    "person_name": N_("请填写客户在场的人。"),
}


async def form_fields(request: WebRequest, *names: str) -> FormValues:
    """The named form fields, stripped; missing ones are empty."""
    form = await request.form()
    found = {name: form.get(name, "") for name in names}
    return {name: value.strip() if isinstance(value, str) else "" for name, value in found.items()}


async def resolution_of(request: WebRequest) -> Resolution:
    """
    Raises:
        Invalid: with the field at fault.
    """
    given: dict[str, Any] = {**await form_fields(request, "work_done", "cause", "work_minutes")}
    return _to_struct(Resolution, {**given, "disks": bool((await form_fields(request, "disks"))["disks"])})


async def visit_result_of(request: WebRequest) -> VisitResult:
    """The form's outcome is resolved, unresolved, or what the ticket waits for.

    Raises:
        Invalid: with the field at fault.
    """
    names = ("work_done", "cause", "work_minutes", "travel_minutes")
    given: dict[str, Any] = {**await form_fields(request, *names, "outcome", "disks")}
    if given["outcome"] and given["outcome"] not in set(VisitOutcome):
        given["waiting_for"], given["outcome"] = given["outcome"], VisitOutcome.UNRESOLVED
    return _to_struct(VisitResult, {**given, "disks": bool(given["disks"])})


async def data_handling_of(request: WebRequest) -> DataHandlingCreate:
    """
    Raises:
        Invalid: with the field at fault.
    """
    return _to_struct(DataHandlingCreate, await form_fields(request, "kind", "person_name", "disk_serial", "remark"))


async def reason_of(request: WebRequest) -> Reason:
    """
    Raises:
        Invalid: without a reason.
    """
    return _to_struct(Reason, await form_fields(request, "reason"))


async def waiting_of(request: WebRequest) -> Waiting:
    """
    Raises:
        Invalid: nothing was chosen.
    """
    return _to_struct(Waiting, await form_fields(request, "reason", "note"))


async def words_of(request: WebRequest) -> TicketMessage:
    """
    Raises:
        Invalid: nothing was written.
    """
    return _to_struct(TicketMessage, await form_fields(request, "text"))


async def signing_of(request: WebRequest) -> ReportSigning:
    """The signature of the signature pad's hidden field, a PNG data URL.

    Raises:
        BlankSignature: the pad is empty.
        UnusableImage: the field holds no PNG data URL.
        Invalid: with the invalid field.
    """
    given = await form_fields(request, "name", "content_hash", "client_confirms")
    return _to_struct(ReportSigning, {**given, **_confirmation(given), "image": await _signature(request)})


async def shown_signing_of(request: WebRequest) -> OfflineSigning:
    """A signature made offline, with the facts shown on the screen instead of a report's hash.

    Raises:
        BlankSignature, UnusableImage, Invalid: as for `signing_of`.
    """
    given = await form_fields(request, "name", "facts_hash", "work_done", "cause", "work_minutes", "client_confirms")
    return _to_struct(OfflineSigning, {**given, **_confirmation(given), "image": await _signature(request)})


def _confirmation(given: FormValues) -> dict[str, bool]:
    return {"client_confirms": given["client_confirms"] == "yes"}


async def _signature(request: WebRequest) -> bytes:
    picture = (await form_fields(request, "signature"))["signature"]
    if not picture:
        raise BlankSignature
    if not picture.startswith(_PNG_DATA_URL):
        raise UnusableImage
    try:
        return b64decode(picture.removeprefix(_PNG_DATA_URL), validate=True)
    except NotBase64 as error:
        raise UnusableImage from error


def _to_struct(kind: type[Form], given: Mapping[str, Any]) -> Form:
    """`given` as the struct `kind`, with the API's limits and error texts of this form."""
    filled = {name: value for name, value in given.items() if value != "" or name in kind.__struct_fields__[:1]}
    try:
        return msgspec.convert(filled, kind, strict=False)
    except msgspec.ValidationError as error:
        at_fault = [name for name in given if f"$.{name}`" in str(error)]
        raise Invalid(fields={name: _FIELD_ERRORS.get(name, Invalid.text) for name in at_fault}) from error
