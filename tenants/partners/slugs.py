"""Brand slugs: the word in a partner's portal address."""

import re
import unicodedata
from typing import Final

from tenants.partners.errors import SlugInvalid, SlugReserved

_SLUG: Final = re.compile(r"[a-z](?:-?[a-z0-9]){2,29}")
LONGEST_SLUG: Final = 30

RESERVED_SLUGS: Final = frozenset(
    {
        "about",
        "account",
        "admin",
        "administrator",
        "api",
        "app",
        "assets",
        "auth",
        "billing",
        "blog",
        "client",
        "clients",
        "demo",
        "device",
        "devices",
        "directory",
        "docs",
        "email",
        "employee",
        "engineer",
        "field",
        "files",
        "firefly",
        "follow",
        "headquarters",
        "health",
        "help",
        "hotline",
        "hq",
        "internal",
        "join",
        "legal",
        "live",
        "login",
        "logout",
        "mail",
        "mailbox",
        "metrics",
        "network",
        "official",
        "partner",
        "partners",
        "ping",
        "portal",
        "privacy",
        "public",
        "report",
        "root",
        "search",
        "security",
        "service",
        "sign-in",
        "sign-out",
        "static",
        "status",
        "support",
        "system",
        "tenant",
        "terms",
        "test",
        "ticket",
        "tickets",
        "webhook",
        "webhooks",
        "workspace",
        "www",
        "yinghuo",
        "yinghuochong",
    }
)
"""Our own addresses, and words that would let a partner pass for headquarters."""


def normalise_slug(text: str) -> str:
    """The slug as it is stored: lower-case, half-width.

    Raises:
        SlugInvalid: not 3 to 30 lower-case letters, digits and single hyphens that begin with a letter and end without
            a hyphen.
        SlugReserved: one of our own words.
    """
    slug = unicodedata.normalize("NFKC", text).strip().lower()
    if len(slug) > LONGEST_SLUG or _SLUG.fullmatch(slug) is None:
        raise SlugInvalid
    if slug in RESERVED_SLUGS:
        raise SlugReserved
    return slug
