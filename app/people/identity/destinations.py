"""Where a person goes after signing in. Pure."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from app.platform.kernel.actor import ActorKind

_FIELD_ROLES = frozenset({"engineer"})
_OF_FINANCE = {
    "partner_finance": "/workspace/invoices",
    "client_finance": "/portal/invoices",
    "hq_finance": "/hq/finance",
}
"""Roles whose holders, if they are nothing else, work with money alone."""
RECORDS_PAGE = "/workspace/records"
"""The page of the company's exports: the only one that a terminated company may still open."""
_HOMES = {ActorKind.HQ: "/hq", ActorKind.CLIENT: "/portal", ActorKind.PROVIDER: "/workspace"}


def home_of(kind: ActorKind, roles: Iterable[str], *, terminated: bool = False) -> str:
    """The face a member works in: an engineer who is nothing else works on the phone. In a `terminated` company nobody
    works, and the records are what is left."""
    if terminated:
        return RECORDS_PAGE
    if kind is ActorKind.PROVIDER and set(roles) == _FIELD_ROLES:
        return "/field"
    if len(held := set(roles)) == 1 and (page := _OF_FINANCE.get(next(iter(held)))):
        return page
    return _HOMES.get(kind, "/")


def own_path(text: str) -> str | None:
    """`text` if it is a path of this site and nothing else, so that it may be redirected to.

    Browsers read `//host` and `/\\host` as another host, and drop tabs and line ends before they look.
    """
    if not text.startswith("/") or text.startswith(("//", "/\\")) or len(text) > 500:
        return None
    if "\\" in text or not text.isprintable() or " " in text:
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text


def path_of(address: str) -> str | None:
    """The own path inside a full address, such as a Referer header; its host is thrown away."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
