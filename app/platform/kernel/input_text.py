"""Input text: every text field that comes from outside declares its kind and is normalised accordingly.

    class SiteCreate(Input, frozen=True):
        name: Annotated[str, LINE, Meta(min_length=1, max_length=80)]
        remark: Annotated[str, TEXT, Meta(max_length=2_000)] = ""

A structure of what is sent to us inherits from `Input`. `tests/architecture/test_text_inputs.py` refuses a text that
does not say its kind.
"""

import re
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, get_args, get_type_hints

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_

NOTHING_VISIBLE: Final = N_("请填写看得见的文字。")

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, marks that turn the direction of reading, and letters that are drawn as nothing."""
_JOINERS: Final = re.compile("[\u200c\u200d]")
"""They hold emoji and letters of some scripts together, and are nothing by themselves."""


def one_line(text: str) -> str:
    """`text` as a name or number is kept: what can be seen, on one line, with single spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_JOINERS.sub("", _INVISIBLE.sub("", text)).split())


def several_lines(text: str) -> str:
    """`text` as a description is kept: lines end with a line feed, what cannot be seen is gone, as are blank ends."""
    lines = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return lines if _JOINERS.sub("", lines) else ""


def _as_it_is(text: str) -> str:
    return text


class TextKind(Enum):
    """What kind of text a field takes; stands in its `Annotated`."""

    LINE = "line"
    """A name, number, address or phrase: `one_line`."""
    TEXT = "text"
    """Sentences: `several_lines`."""
    CODE = "code"
    """Chosen or looked up, never kept because somebody typed it: as it is, the service finds it or refuses it."""
    SECRET = "secret"  # noqa: S105 - the kind, not one
    """Passwords, codes, tokens and what is compared byte by byte: as it is."""


LINE, TEXT, CODE, SECRET = TextKind.LINE, TextKind.TEXT, TextKind.CODE, TextKind.SECRET
Line = Annotated[str, LINE]
Text = Annotated[str, TEXT]
Code = Annotated[str, CODE]
Secret = Annotated[str, SECRET]

_FORMS: Final[dict[TextKind, Callable[[str], str]]] = {
    TextKind.LINE: one_line,
    TextKind.TEXT: several_lines,
    TextKind.CODE: _as_it_is,
    TextKind.SECRET: _as_it_is,
}


class Label(msgspec.Struct, frozen=True):
    """What people call a field, and what its form says of anything not acceptable; stands in its `Annotated`."""

    text: str
    refusal: str = ""
    hint: str = ""


class Input(msgspec.Struct, frozen=True):
    """Base of all structs that are decoded from a request body or a form.

    Raises:
        Invalid: a text that must say something has nothing that can be seen; `fields` names it.
    """

    def __post_init__(self) -> None:
        """Bring every text into the form of its kind."""
        refused = {}
        for name, form, is_needed in _written(type(self)):
            before = getattr(self, name)
            after = _formed(before, form)
            if after != before:
                if is_needed and not after:
                    refused[name] = NOTHING_VISIBLE
                msgspec.structs.force_setattr(self, name, after)
        if refused:
            raise Invalid(fields=refused)


@cache
def _written(given: type[Input]) -> tuple[tuple[str, Callable[[str], str], bool], ...]:
    """(field, form, whether it must say something) of the texts that have a form of their own."""
    hints = get_type_hints(given, include_extras=True)
    found = ((name, text_kinds_of(hint)) for name, hint in hints.items())
    return tuple(
        (name, _FORMS[kinds[0]], _is_needed(hints[name]))
        for name, kinds in found
        if kinds and kinds[0] in (TextKind.LINE, TextKind.TEXT)
    )


def text_kinds_of(hint: Any) -> list[TextKind | None]:
    """The kind of every text inside a field's type, in order; None for a text that does not say it."""
    if hint is str:
        return [None]
    if isinstance(hint, str) or not (arguments := get_args(hint)):
        return []
    if hasattr(hint, "__metadata__"):
        if arguments[0] is str:
            return [next((each for each in hint.__metadata__ if isinstance(each, TextKind)), None)]
        arguments = arguments[:1]
    return [kind for argument in arguments for kind in text_kinds_of(argument)]


def _is_needed(hint: Any) -> bool:
    if any(isinstance(each, msgspec.Meta) and each.min_length for each in getattr(hint, "__metadata__", ())):
        return True
    return any(_is_needed(argument) for argument in get_args(hint) if argument is not str)


def _formed(value: Any, form: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return form(value)
    if isinstance(value, list | tuple):
        return type(value)(_formed(each, form) for each in value)
    if isinstance(value, dict):
        return {_formed(key, form): _formed(each, form) for key, each in value.items()}
    return value
