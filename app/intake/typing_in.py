"""What people type, brought to the form in which it is kept. Pure."""

import unicodedata


def device_number(text: str) -> str:
    """As device files write numbers: half-width, upper-case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\0", "").split()).upper()


def pin(text: str) -> str:
    """Half-width digits without the spaces and hyphens that people group them with."""
    return "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())


def address_part(text: str) -> str:
    """A slug or a client's code, as it stands in a portal address."""
    return token(unicodedata.normalize("NFKC", text).strip().lower())


def token(text: str) -> str:
    """An unguessable token as it is; what the database could not even compare becomes empty."""
    return text if text.isascii() and text.isprintable() else ""
