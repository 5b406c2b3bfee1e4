"""The draft of an application, kept in a cookie between the steps of the form.

The cookie is unsigned: it holds only what the applicant typed, is sent to /join only, lasts an hour, and every value is
checked again when the application is submitted.
"""

import base64
import binascii
from typing import Final

import msgspec
from litestar.datastructures import Cookie

DRAFT_COOKIE: Final = "yinghuo_join"
DRAFT_PATH: Final = "/join"
DRAFT_SECONDS: Final = 3600
MAX_COOKIE_BYTES: Final = 3800
"""Browsers keep cookies of up to 4096 bytes, name and attributes included."""


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The accepted fields of both steps; empty for a step that was not submitted yet."""

    legal_name: str = ""
    credit_code: str = ""
    city_code: str = ""
    slug: str = ""
    plan: str = ""
    hotline: str = ""
    introduction: str = ""
    contact_name: str = ""
    mobile: str = ""
    email: str = ""

    @property
    def company_done(self) -> bool:
        return bool(self.legal_name)

    @property
    def contact_done(self) -> bool:
        return self.company_done and bool(self.email)


def read_draft(cookie: str | None) -> Draft:
    """The draft in `cookie`; an empty one where there is none or it cannot be decoded."""
    if not cookie or len(cookie) > MAX_COOKIE_BYTES:
        return Draft()
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)), type=Draft)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        return Draft()


def draft_cookie(draft: Draft | None, *, secure: bool) -> Cookie:
    """The cookie with `draft`; with None, the one that deletes it."""
    value = "" if draft is None else base64.urlsafe_b64encode(msgspec.json.encode(draft)).decode().rstrip("=")
    return Cookie(
        key=DRAFT_COOKIE,
        value=value,
        path=DRAFT_PATH,
        max_age=0 if draft is None else DRAFT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=secure,
    )
