"""Forms that create records are idempotent: a double click or a resubmission is the same submission."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CREATING_METHODS = {
    "create",
    "report",
    "log",
    "add",
    "add_note",
    "add_agreement",
    "reply",
    "invite",
    "ask",
    "apply",
    "make",
    "upload",
}
"""What services call the making of a record. A new one is named so, or is added here."""
EXEMPT = {
    "app/assets/devices/device_import/pages.py": "the same file again is another run, confirmed twice it is done once",
    "app/portals/field/visit_actions.py": "steps from the field carry a permanent id (app.desk.tickets.FieldActions)",
    "app/portals/public/join_pages.py": "a draft becomes one application, and is gone then",
    "app/data_exchange/ticket_import/pages.py": "the same log again is another run; nothing is written unconfirmed",
    "app/people/identity/account_pages.py": "a new request for an address replaces the one before",
    "app/people/identity/api_token_pages.py": "a token is shown once: the second answer could not show it again",
    "app/people/identity/pages.py": "a new link for a password replaces the one before",
    "app/people/identity/second_factor_pages.py": "new codes replace those before",
}
"""Pages that need no key of repetition, with the reason."""


def handlers_that_create() -> Iterator[tuple[str, str, set[str]]]:
    """Every module of pages that creates records: name, source, and the creating methods it calls."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "@post(" not in source or "include_in_schema=False" not in source:
            continue
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Call)
        }
        if called & CREATING_METHODS:
            yield str(path.relative_to(ROOT)), source, called & CREATING_METHODS


def test_a_form_that_makes_something_makes_it_once() -> None:
    unprotected = {
        name: sorted(makes)
        for name, source, makes in handlers_that_create()
        if "submit_once(" not in source and "import render_page, submit" not in source and name not in EXEMPT
    }
    assert unprotected == {}, (
        "a double click would make two: draw {{ idempotency_field() }} into the form and act inside `submit_once` "
        "(app.platform.http.idempotency), or say in EXEMPT why a second submission makes nothing"
    )
