"""Normalisation of typed device numbers, PINs and address parts. Pure."""

import unicodedata


def device_number(text: str) -> str:
    """A device number as it is stored: half-width, upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\0", "").split()).upper()


def pin(text: str) -> str:
    """A PIN as it was issued: half-width digits without spaces and hyphens."""
    return "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())


def address_part(text: str) -> str:
    """A slug or a client's code as it is stored: half-width, lower case."""
    return token(unicodedata.normalize("NFKC", text).strip().lower())


def token(text: str) -> str:
    """A token unchanged; empty where it has characters that no token has."""
    return text if text.isascii() and text.isprintable() else ""
