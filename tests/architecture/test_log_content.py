"""Log calls have a fixed event and only ids, states and counts as values, never user input.

The chaos test searches everything that an installation writes; this finds what no kill brings to light.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"_log", "_logger", "logger"}
CONTENT = {
    "address",
    "body",
    "contact",
    "content",
    "email",
    "message",
    "mobile",
    "name",
    "phone",
    "subject",
    "text",
    "title",
}
EXEMPT = {"app/people/single_sign_on/services/login_attempts.py"}
"""Tell the operator, in words of this program, why a provider that the operator chose was not believed."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in ("app", "tenants", "rbac", "billing"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text()
            if not any(f"{logger}." in source for logger in LOGGERS):
                continue
            for node in ast.walk(ast.parse(source)):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in LEVELS
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in LOGGERS
                ):
                    yield str(path.relative_to(ROOT)), node


CALLS = list(_calls())


def test_there_is_something_to_look_at() -> None:
    assert len(CALLS) > 20


@pytest.mark.parametrize(("path", "call"), CALLS, ids=[f"{path}:{call.lineno}" for path, call in CALLS])
def test_a_line_names_an_event_and_no_content(path: str, call: ast.Call) -> None:
    assert len(call.args) == 1, "one event and named values"
    assert isinstance(call.args[0], ast.Constant), "the event is a fixed word: what varies is a named value"
    for keyword in call.keywords:
        assert keyword.arg not in CONTENT, f"{keyword.arg}: what people wrote stays out; log the record's id"
        if path not in EXEMPT:
            told = [each for each in ast.walk(keyword.value) if isinstance(each, ast.Name) and _is_error(each.id)]
            spoken = keyword.arg != "exc_info" and any(not _is_kind(keyword.value, each) for each in told)
            assert not spoken, (
                f"{keyword.arg}: an error quotes what it was given; pass it as exc_info, or its type's name"
            )


def _is_error(name: str) -> bool:
    return name in {"error", "failure", "exc", "lost", "down", "unavailable", "refused", "forged"}


def _is_kind(value: ast.expr, error: ast.Name) -> bool:
    """Whether the error is only asked for its kind (`type(error).__name__`) or its stable code (`error.code`)."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type":
            return True
        if isinstance(node, ast.Attribute) and node.value is error and node.attr == "code":
            return True
    return False
