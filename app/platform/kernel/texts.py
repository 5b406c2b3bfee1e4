"""The catalogue of texts: Chinese source texts, English translations in the area that uses them.

Every area keeps `translations/en.po`. All of them are read once at start and merged; a text with two different
translations in two areas is refused.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "zh-CN"
LANGUAGES = (SOURCE_LANGUAGE, "en")
ROOT = Path(__file__).resolve().parents[3]
CONTEXT_END = "\x04"
"""What gettext puts between a context and its text."""

Translator = Callable[..., str]
"""`_("还剩 %(minutes)s 分钟", minutes=5)`"""


class Text(str):
    """A text of the catalogue as a parameter of another one: it is translated before it is put in."""

    __slots__ = ()


class FilledText(str):
    """A text of the catalogue with what stands at its placeholders: it is translated first and filled afterwards."""

    __slots__ = ("parameters",)
    parameters: Mapping[str, object]

    def __new__(cls, text: str, **parameters: object) -> "FilledText":
        """`text` as `N_` or `NP_` marked it."""
        filled = super().__new__(cls, text)
        filled.parameters = parameters
        return filled


class ContradictoryTranslation(Exception):
    """Two areas translate the same source text differently."""


def N_(text: str) -> str:  # noqa: N802 - the customary gettext name, which extraction looks for
    """Mark a text for the catalogue where it is only stored and translated later."""
    return text


def NP_(context: str, text: str) -> str:  # noqa: N802 - as N_; gettext's pgettext
    """Mark a text that English says otherwise in this context (msgctxt): 客户 over a column is "Client", as the name of
    the place that holds them all "Clients"."""
    return f"{context}{CONTEXT_END}{text}"


def without_context(text: str) -> str:
    """The Chinese text itself of what `N_` or `NP_` marked."""
    return text.rpartition(CONTEXT_END)[2]


def catalogue_files(root: Path = ROOT) -> list[Path]:
    """Every `translations/en.po` of an area."""
    return sorted(
        path
        for top in ("app", "tenants", "billing", "rbac")
        for path in (root / top).glob("**/translations/en.po")
        if "node_modules" not in path.parts
    )


def source_of(message: Message) -> str:
    """The key of a message: its text, after its context where it has one."""
    return NP_(message.context, str(message.id)) if message.context else str(message.id)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All translations into `language`; empty for the source language.

    Raises:
        ContradictoryTranslation: when two areas disagree.
    """
    if language == SOURCE_LANGUAGE:
        return {}
    merged: dict[str, str] = {}
    for path in catalogue_files():
        with path.open("rb") as stream:
            for message in read_po(stream, locale="en"):
                if not message.id or not message.string:
                    continue
                source, target = source_of(message), str(message.string)
                if merged.setdefault(source, target) != target:
                    raise ContradictoryTranslation(f"{source!r}: {merged[source]!r} or {target!r} ({path})")
    return merged


@cache
def translator(language: str) -> Translator:
    """The function that translates into `language`; Chinese for an unknown language."""
    texts = catalogue(language) if language in LANGUAGES else {}

    def translate(text: str, /, **parameters: object) -> str:
        found = texts.get(text)
        if found is None:
            found = without_context(text)
        if isinstance(text, FilledText):
            found, parameters = str(found), {**text.parameters, **parameters}
        if not parameters:
            return found
        return found % {
            name: translate(value) if isinstance(value, Text) else value for name, value in parameters.items()
        }

    return translate


def negotiate(accept_language: str) -> str:
    """The best of our languages for an `Accept-Language` header; Chinese when in doubt."""
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return SOURCE_LANGUAGE
        if tag.startswith("en"):
            return "en"
    return SOURCE_LANGUAGE
