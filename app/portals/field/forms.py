"""The engineer's forms: what they say as the structs of the ticket services."""

from base64 import b64decode
from binascii import Error as NotBase64

import msgspec

from app.desk.tickets import OfflineSigning, ReportSigning, UnsentAction, VisitOutcome, VisitResult
from app.platform.documents import BlankSignature, UnusableImage
from app.platform.web.form_values import FormValues

_PNG_DATA_URL = "data:image/png;base64,"


def visit_result_of(form: FormValues) -> VisitResult:
    """The form's outcome is resolved, unresolved, or what the ticket waits for.

    Raises:
        Invalid: with the fields at fault.
    """
    chosen = form["outcome"]
    if chosen and chosen not in set(VisitOutcome):
        return form.read(VisitResult, outcome=VisitOutcome.UNRESOLVED, waiting_for=chosen)
    return form.read(VisitResult, outcome=chosen or VisitOutcome.RESOLVED)


def signing_of(form: FormValues) -> ReportSigning:
    """The signature of the signature pad's hidden field, a PNG data URL.

    Raises:
        BlankSignature: the pad is empty.
        UnusableImage: the field holds no PNG data URL.
        Invalid: with the fields at fault.
    """
    return form.read(ReportSigning, image=signature_image(form))


def offline_signing_of(form: FormValues) -> OfflineSigning:
    """A signature made offline, with the facts shown on the screen instead of a report's hash.

    Raises:
        BlankSignature, UnusableImage, Invalid: as for `signing_of`.
    """
    return form.read(OfflineSigning, image=signature_image(form))


def unsent_actions_of(form: FormValues) -> list[UnsentAction]:
    """What the phone still holds of the visit: `id kind pieces` for each record, written by outbox.js."""
    actions = []
    for each in form.checked("unsent"):
        try:
            actions.append(msgspec.convert(dict(zip(_UNSENT, each.split(), strict=True)), UnsentAction, strict=False))
        except (ValueError, msgspec.ValidationError):
            continue  # the result of the visit counts, whatever else the phone says
    return actions


_UNSENT = UnsentAction.__struct_fields__


def signature_image(form: FormValues) -> bytes:
    """The PNG of the signature pad's hidden field.

    Raises:
        BlankSignature: the pad is empty.
        UnusableImage: the field holds no PNG data URL.
    """
    picture = form["signature"]
    if not picture:
        raise BlankSignature
    if not picture.startswith(_PNG_DATA_URL):
        raise UnusableImage
    try:
        return b64decode(picture.removeprefix(_PNG_DATA_URL), validate=True)
    except NotBase64 as error:
        raise UnusableImage from error
