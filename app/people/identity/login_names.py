"""Login names: an e-mail address or a mainland mobile number, normalised. Pure."""

from dataclasses import dataclass

from app.platform.kernel.contact_details import ContactDetailInvalid, normalise_email, normalise_mobile


@dataclass(frozen=True, slots=True)
class LoginName:
    """One of both is set, normalised as the account stores it; neither when the text can be no account's name.

    `key` is what throttles count by; it exists for every text.
    """

    key: str
    email: str | None = None
    mobile: str | None = None


def account_email(text: str) -> str:
    """The one form in which accounts keep an address: lower case throughout.

    Raises:
        ContactDetailInvalid: not an e-mail address.
    """
    return normalise_email(text).lower()


def login_name(text: str) -> LoginName:
    """What `text` names. Never refuses: a malformed name is answered like an unknown one."""
    try:
        if "@" in text or "＠" in text:
            email = account_email(text)
            return LoginName(key=email, email=email)
        mobile = normalise_mobile(text)
    except ContactDetailInvalid:
        return LoginName(key=text.strip().lower()[:254])
    return LoginName(key=mobile, mobile=mobile)
