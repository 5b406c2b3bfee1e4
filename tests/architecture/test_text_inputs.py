"""Every text field of a request struct has a declared kind, which excludes invisible and multi-line names."""

import inspect
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.asgi import API_HANDLERS
from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import LINE, TEXT, Input, one_line, several_lines, text_kinds_of


def functions(handlers: Any) -> Iterator[Any]:
    """Every handler's function, however deep in routers."""
    for handler in handlers:
        if hasattr(handler, "route_handlers"):
            yield from functions(handler.route_handlers)
        elif hasattr(handler, "fn"):
            yield handler.fn


def structs_in(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """The structures inside a type, and inside their fields."""
    if inspect.isclass(hint) and issubclass(hint, msgspec.Struct):
        yield hint
        for field in get_type_hints(hint, include_extras=True).values():
            yield from structs_in(field)
    for argument in get_args(hint):
        if not isinstance(argument, str):
            yield from structs_in(argument)


READ_FROM_FILES = "app.data_exchange.ticket_import."
"""Logs and their mappings are read from files, cell by cell; their cells are cleaned where they are read."""


def descendants(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Every structure of the program that comes of `base`."""
    for struct in base.__subclasses__():
        yield from descendants(struct)
        if struct.__module__.startswith(("app.", "tenants.", "rbac.")) and READ_FROM_FILES not in struct.__module__:
            yield struct


def request_structs() -> list[type[msgspec.Struct]]:
    """Every structure that the API takes as a body, and every one that refuses unknown fields or is `Input`: what a
    form is checked by stands in no handler's signature."""
    hints = [get_type_hints(function, include_extras=True).get("data") for function in functions(API_HANDLERS)]
    found = {struct for hint in hints if hint is not None for struct in structs_in(hint)}
    for struct in descendants(msgspec.Struct):
        if struct.__struct_config__.forbid_unknown_fields or issubclass(struct, Input):
            found.update(structs_in(struct))
    return sorted(found, key=lambda struct: (struct.__module__, struct.__name__))


@pytest.mark.parametrize("struct", request_structs(), ids=lambda struct: f"{struct.__module__}.{struct.__name__}")
def test_every_text_that_is_sent_says_its_kind(struct: type[msgspec.Struct]) -> None:
    kinds = {name: text_kinds_of(hint) for name, hint in get_type_hints(struct, include_extras=True).items()}
    undeclared = [name for name, found in kinds.items() if None in found]
    assert undeclared == [], (
        f"{struct.__name__}: say of {', '.join(undeclared)} whether it is a LINE (a name, number, address), TEXT "
        "(sentences), a CODE (chosen, looked up) or a SECRET: Annotated[str, LINE, …], see "
        "app/platform/kernel/input_text.py"
    )
    if any(kind in (LINE, TEXT) for found in kinds.values() for kind in found):
        assert issubclass(struct, Input), f"{struct.__name__}: inherit from Input, which brings the texts into form"


ODD_CHARACTERS = "\u200b\u202e\u200d\ufeff\u3164\u2800\r\n\t\x00 \u3000王a"
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from(ODD_CHARACTERS)))


@given(ANY_TEXT)
def test_a_line_is_one_line_of_what_can_be_seen(typed: str) -> None:
    line = one_line(typed)
    assert line == one_line(line) == " ".join(line.split())
    assert not {"Cc", "Zl", "Zp", "Cs"} & {unicodedata.category(character) for character in line}
    assert not set(line) & set("\u200b\u200d\u202e\ufeff\u3164\u2800")


@given(ANY_TEXT)
def test_a_text_keeps_its_lines_and_says_something_or_is_empty(typed: str) -> None:
    text = several_lines(typed)
    assert text == several_lines(text) == text.strip()
    assert "\r" not in text
    assert "\x00" not in text
    assert bool(text) == any(not character.isspace() for character in one_line(typed))


class Visitor(Input, frozen=True):
    """A struct with a one-line and a several-line text."""

    name: Annotated[str, LINE, msgspec.Meta(min_length=1)]
    remark: Annotated[str, TEXT] = ""
    badges: tuple[Annotated[str, LINE], ...] = ()


def test_what_is_sent_is_kept_in_form_and_nothing_visible_is_missing() -> None:
    body = b'{"name": "\\u202e\\u738b\\r\\n\\u3000\\u4e94 ", "remark": "a\\r\\nb\\u200b", "badges": ["A\\t1"]}'
    assert msgspec.json.decode(body, type=Visitor) == Visitor("王 五", "a\nb", ("A 1",))
    with pytest.raises(Invalid) as refused:
        msgspec.json.decode(b'{"name": "\\u200b\\u202e"}', type=Visitor)
    assert list(refused.value.fields) == ["name"]
