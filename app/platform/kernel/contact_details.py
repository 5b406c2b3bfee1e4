"""E-mail addresses, mobile and telephone numbers, normalised to the one form that is stored.

Pure functions. Raise `ContactDetailInvalid` for anything doubtful.
"""

import re
import unicodedata
from typing import Final

import idna

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_

MAXIMUM_EMAIL_LENGTH: Final = 254
"""Characters of a whole address [RFC 5321 §4.5.3.1.3, less the angle brackets]."""
MAXIMUM_LOCAL_PART_LENGTH: Final = 64
"""Characters before the @ [RFC 5321 §4.5.3.1.1]."""

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:(?:\+|00)86)?(0?)([12]\d|[3-9]\d{2})([2-9]\d{6,7})")
_SERVICE_NUMBER = re.compile(r"([48]00)(\d{3})(\d{4})")
_EXTENSION = re.compile(r"(?:转|分机号?|内线|ext\.?|#|x|\*)[:：\s]*(\d{1,6})$", re.IGNORECASE)
_WHOLE_AND_EXTENSION = re.compile(r"(.*\d{7,8})[\s\-‐-―]+(\d{1,6})")
"""A number that is complete before its last group: nobody groups seven or eight digits by another hyphen."""
_BARE_EXTENSION = re.compile(r"(?:转|分机号?|内线|ext\.?|#)?[:：\s]*(\d{2,6})", re.IGNORECASE)
_GROUPING = re.compile(r"[\s\-‐-―().·]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


class ContactDetailInvalid(Invalid):
    """The text is no such address; each subclass says which and why."""


class EmailInvalid(ContactDetailInvalid):
    """Not of the form of an address."""

    code = "email_address.invalid"
    text = N_("邮箱格式不正确，请写成 name@example.com 的样子。")


class EmailTooLong(ContactDetailInvalid):
    """Longer than mail servers take."""

    code = "email_address.too_long"
    text = N_("邮箱太长。")


class EmailDomainInvalid(ContactDetailInvalid):
    """What stands after the @ is no domain."""

    code = "email_address.domain_invalid"
    text = N_("邮箱 @ 后面的域名不正确。")


class MobileInvalid(ContactDetailInvalid):
    """Not a mainland mobile number."""

    code = "mobile_number.invalid"
    text = N_("手机号码不正确，请填写 11 位大陆手机号码。")


class PhoneInvalid(ContactDetailInvalid):
    """Not a mainland telephone number."""

    code = "phone_number.invalid"
    text = N_("电话号码不正确，请填写手机号码，或带区号的座机号码。")


def normalise_email(text: str) -> str:
    """The address as it is stored: half-width, lower-case ASCII domain (IDNA 2008), local part as
    written.

    Only local parts that every mail server takes are accepted: unquoted ASCII. The domain has at
    least two labels. Whether two addresses are the same account is compared without regard to case
    by whoever stores them.

    Raises:
        ContactDetailInvalid: malformed, too long, or a domain that IDNA does not allow.
    """
    address = _half_width(text)
    if len(address) > MAXIMUM_EMAIL_LENGTH:
        raise EmailTooLong
    local_part, at, domain = address.rpartition("@")
    if not at or _LOCAL_PART.fullmatch(local_part) is None:
        raise EmailInvalid
    if len(local_part) > MAXIMUM_LOCAL_PART_LENGTH:
        raise EmailTooLong
    ascii_domain = _ascii_domain(domain)
    if len(local_part) + 1 + len(ascii_domain) > MAXIMUM_EMAIL_LENGTH:
        raise EmailTooLong
    return f"{local_part}@{ascii_domain}"


def _ascii_domain(domain: str) -> str:
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise EmailDomainInvalid from error
    labels = encoded.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        raise EmailDomainInvalid
    return encoded


def normalise_mobile(text: str) -> str:
    """A mainland mobile number as its 11 digits, `13800138000`, from full-width, grouped or +86
    spellings.

    Raises:
        ContactDetailInvalid: not a mainland mobile number.
    """
    match = _MOBILE.fullmatch(_GROUPING.sub("", _half_width(text)))
    if match is None:
        raise MobileInvalid
    return match[1]


def normalise_phone(text: str) -> str:
    """A mainland telephone number: mobile `13800138000`, landline `0592-5123456`, `400-820-8820`,
    extension `转801`, also where it is written `0592-5123456-801`.

    Raises:
        ContactDetailInvalid: none of these.
    """
    typed = _half_width(text)
    for pattern in (_EXTENSION, _WHOLE_AND_EXTENSION):
        found = pattern.search(typed) if pattern is _EXTENSION else pattern.fullmatch(typed)
        if found is None:
            continue
        before = typed[: found.start()] if pattern is _EXTENSION else found[1]
        if number := _number(before):
            return f"{number}转{found[found.re.groups]}"
    if number := _number(typed):
        return number
    # `400-820-8820-12`: only where the whole is no number.
    before, hyphen, extension = typed.rpartition("-")
    if hyphen and extension.isdigit() and len(extension) <= 6 and (number := _number(before)):
        return f"{number}转{extension}"
    raise PhoneInvalid


def normalise_office_phone(text: str) -> str:
    """A telephone number, or a bare extension of the company's own exchange: `8012`. One rule for forms and lists.

    Raises:
        ContactDetailInvalid: neither.
    """
    extension = _BARE_EXTENSION.fullmatch(_half_width(text))
    return extension[1] if extension else normalise_phone(text)


def _number(typed: str) -> str:
    """A telephone number without extension in its one form, or ""."""
    digits = _GROUPING.sub("", typed)
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    if service_number := _SERVICE_NUMBER.fullmatch(digits):
        return "-".join(service_number.groups())
    landline = _LANDLINE.fullmatch(digits)
    # Without country code the trunk 0 is what tells an area code from the number itself.
    if landline and (landline[1] or digits.startswith(("+", "00"))):
        return f"0{landline[2]}-{landline[3]}"
    return ""


def _half_width(text: str) -> str:
    """Compatibility characters in their plain form, without invisible marks and outer space."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
