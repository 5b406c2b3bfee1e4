"""docs/permissions.md: permissions of each role and of each route, generated from policy and routes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from litestar import Router

from app.asgi import API_HANDLERS, PAGE_HANDLERS
from app.people.identity.role_granting import ROLE_NAMES
from app.platform.http.application import API_PREFIX
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.texts import translator
from rbac import permission_codes, permissions_of, roles_of
from rbac.roles.labels import permission_names

PERMISSIONS = Path(__file__).parents[2] / "docs" / "permissions.md"
_KINDS = {
    ActorKind.HQ: "Headquarters · 总部",
    ActorKind.PROVIDER: "Partners · 服务商",
    ActorKind.CLIENT: "Clients · 客户",
    ActorKind.REPORTER: "Employees who report · 报修人",
}


def permissions_page() -> str:
    """The whole page."""
    english = translator("en")
    lines = [
        "# Who may do what",
        "",
        "Drawn from the areas' declarations and the routes by `python -m tests.documentation.generated`; a test",
        "compares them. What is not marked is denied. Which rows a role meets is decided by the rings and by",
        "`app/platform/kernel/row_scope.py`; in which state something can be done, by the state machines.",
    ]
    for kind, heading in _KINDS.items():
        roles = roles_of(kind)
        named = [ROLE_NAMES.get(role, "报修人") for role in roles]
        lines += ["", f"## {heading}", "", "| permission | what for | " + " | ".join(named) + " |"]
        lines.append("|---|---|" + ":-:|" * len(roles))
        held = {role: permissions_of(kind, (role,)) for role in roles}
        for permission in sorted(permission_codes()):
            marks = ["✓" if permission in held[role] else "" for role in roles]
            if any(marks):
                name = permission_names()[permission]
                lines.append(f"| `{permission}` | {name} · {english(name)} | " + " | ".join(marks) + " |")
    lines += ["", "## Addresses", "", "| address | asks for |", "|---|---|"]
    lines += sorted(f"| {methods} `{path}` | `{asked}` |" for methods, path, asked in addresses())
    return "\n".join(lines) + "\n"


def addresses() -> Iterator[tuple[str, str, str]]:
    """(methods, path, what it asks for) of every handler."""
    for prefix, handlers in ((API_PREFIX, API_HANDLERS), ("", PAGE_HANDLERS)):
        for each in handlers:
            yield from _of(each, prefix)


def addresses_of(handler: Any, prefix: str) -> list[str]:
    """The paths of one handler."""
    return [path for _, path, _ in _of(handler, prefix)]


def _of(handler: Any, prefix: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(handler, Router):
        for route in handler.routes:
            for inner in getattr(route, "route_handlers", []):
                yield from _methods(inner, f"{prefix}{route.path}")
        return
    for path in handler.paths:
        yield from _methods(handler, f"{prefix}{path}")


def _methods(handler: Any, path: str) -> Iterator[tuple[str, str, str]]:
    methods = " ".join(sorted(method for method in handler.http_methods if method not in ("OPTIONS", "HEAD")))
    if methods:
        yield methods, path, str(handler.opt.get("permission", ""))
