"""Every form goes one way: what a page is sent is read, acted on once and answered by `submit`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("app", "billing", "rbac", "tenants")
CREATING_METHODS = {
    "create",
    "report",
    "log",
    "note",
    "add",
    "add_note",
    "add_agreement",
    "open",
    "reply",
    "invite",
    "ask",
    "make",
    "upload",
    "write",
}
"""What services call the making of a record. A new one is named so, or is added here."""
WITHOUT_KEY = {
    "app/data_exchange/ticket_import/pages.py": "the same log again is another run; nothing is written unconfirmed",
    "app/people/identity/account_pages.py": "a new request for an address replaces the one before",
    "app/people/identity/api_token_pages.py": "a token is shown once: the second answer could not show it again",
    "app/people/identity/pages.py": "a new link for a password replaces the one before",
    "app/platform/imports/pages.py": "the same file again is another run, confirmed twice it is done once",
    "app/people/single_sign_on/pages.py": "a company has one provider, and writing it twice is writing it once",
}
"""Areas whose forms make something and need no key of repetition, with the reason."""
POSTED_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)


def modules_with_forms() -> Iterator[tuple[str, ast.Module]]:
    """Every module with a page that takes a form."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if "@post(" in source and "include_in_schema=False" in source:
                yield str(path.relative_to(ROOT)), ast.parse(source)


def form_handlers(tree: ast.Module) -> Iterator[ast.AsyncFunctionDef]:
    """The handlers of pages that take a form."""
    for node in tree.body:
        if not isinstance(node, ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            if (
                isinstance(decorator, ast.Call)
                and isinstance(decorator.func, ast.Name)
                and decorator.func.id == "post"
                and any(keyword.arg == "include_in_schema" for keyword in decorator.keywords)
            ):
                yield node


def called_names(node: ast.AST) -> set[str]:
    """What `node` calls by a plain name."""
    calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def submits(function: ast.AST, functions: dict[str, ast.AST], seen: frozenset[str] = frozenset()) -> bool:
    """Whether `function` calls `submit`, itself or through another function of its module."""
    names = called_names(function)
    return "submit" in names or any(
        submits(functions[name], functions, seen | {name}) for name in (names & functions.keys()) - seen
    )


def test_a_form_is_submitted_the_one_way() -> None:
    others = []
    for name, tree in modules_with_forms():
        functions: dict[str, ast.AST] = {
            node.name: node for node in tree.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
        }
        for handler in form_handlers(tree):
            if not submits(handler, functions):
                others += [f"{name}: {handler.name}"]
    assert others == [], (
        "return await submit(request, act, render_form) (app.platform.web.forms; docs/conventions.md, Forms)"
    )


def test_a_form_that_makes_something_carries_a_key() -> None:
    """A double click or a resubmission is the same submission."""
    unprotected = {}
    for name, tree in modules_with_forms():
        methods = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Call)
        }
        if name not in WITHOUT_KEY and methods & CREATING_METHODS and not keyed_forms(ROOT / name):
            unprotected[name] = sorted(methods & CREATING_METHODS)
    assert unprotected == {}, (
        "a double click would make two: draw {{ idempotency_field() }} into the form, or say in WITHOUT_KEY why a "
        "second submission makes nothing"
    )


def keyed_forms(module: Path) -> list[str]:
    """The forms of the module's area that carry a key."""
    area = next(parent for parent in module.parents if (parent / "templates").is_dir())
    texts = (path.read_text(encoding="utf-8") for path in (area / "templates").rglob("*.html"))
    return [form for text in texts for form in POSTED_FORM.findall(text) if "idempotency_field()" in form]


def test_the_examination_tells_ways_apart() -> None:
    handler = '@post("/x", include_in_schema=False)\nasync def {name}(request): {body}\n'
    tree = ast.parse(
        handler.format(name="one", body="return await submit(request, act)")
        + handler.format(name="another", body="return await _helped(request)")
        + handler.format(name="by_hand", body="await Things(work).create(form)")
        + "async def _helped(request): return await submit(request, act)\n"
    )
    functions: dict[str, ast.AST] = {node.name: node for node in tree.body if isinstance(node, ast.AsyncFunctionDef)}
    assert [(each.name, submits(each, functions)) for each in form_handlers(tree)] == [
        ("one", True),
        ("another", True),
        ("by_hand", False),
    ]
