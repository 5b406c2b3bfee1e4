"""The text in a list's search box, parsed into terms and turned into SQL conditions.

Every word must stand somewhere in the record, in any place of any text: the middle of a name, the end of a number, one
character. `"several words"` stand together as they are written; a word with a minus before it must not stand there.
Nothing else has a meaning of its own: a slash, a bracket or a percent sign is looked for like a letter.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, collate, literal_column, or_, true

MAX_SEARCH_LENGTH = 60
"""Characters that are read of what was typed."""
MAX_SEARCH_WORDS = 8
"""Words that count on each side; each costs the database another look at every record."""

_BETWEEN: ColumnElement[str] = literal_column("E'\\n'")
"""Stands between the texts of a record. Nobody can type it into a box, so that no word begins in one text and ends in
the next."""
_WORDS = re.compile(r'(?P<minus>-?)["“](?P<phrase>[^"”]*)(?:["”]|$)|(?P<word>\S+)')
_MEANT_BY_LIKE = re.compile(r"([\\%_])")


class SearchTerms(NamedTuple):
    """Terms that a record must contain, and terms that it must not contain."""

    words: tuple[str, ...]
    excluded: tuple[str, ...]


def parse_search(typed: str) -> SearchTerms:
    """The words of `typed`; width, outer space and control characters do not matter. Blank means nothing at all.

    A closing quotation mark may still be missing, as it is while somebody types. A minus leaves out only where
    something is looked for too; alone it is a character, as in the end of a number.
    """
    text = "".join(" " if unicodedata.category(each) == "Cc" else each for each in unicodedata.normalize("NFKC", typed))
    text = " ".join(text[:MAX_SEARCH_LENGTH].split())
    words: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for found in _WORDS.finditer(text):
        phrase, word = (found["phrase"] or "").strip(), found["word"] or ""
        if phrase:
            (excluded if found["minus"] else words)[phrase] = None
        elif len(word) > 1 and word.startswith("-"):
            excluded[word.removeprefix("-")] = None
        elif word:
            words[word] = None
    if not words and text:
        return SearchTerms((text,), ())
    return SearchTerms(tuple(words)[:MAX_SEARCH_WORDS], tuple(excluded)[:MAX_SEARCH_WORDS])


def like_pattern(word: str) -> str:
    """`word` anywhere in a text, as ILIKE reads it."""
    escaped = _MEANT_BY_LIKE.sub(r"\\\1", word)
    return f"%{escaped}%"


def has_letters(word: str) -> bool:
    """Whether there are letters of two cases in it; others, and most words of Chinese, need no such comparison."""
    return any(each.isascii() and each.isalpha() for each in word)


def contains(wanted: Any, *columns: Any, letters: bool | None = None) -> ColumnElement[bool]:
    """Whether the LIKE expression `wanted` matches one of a record's texts, none of which is NULL.

    Latin letters are compared without case; `letters` says whether there are any in a LIKE expression that is given as
    a parameter. Without letters each text is compared as it stands; with letters all texts are joined and compared once
    byte by byte: half the cost for tens of thousands of records.
    """
    if not (has_letters(wanted) if letters is None else letters):
        return or_(*(column.like(wanted) for column in columns))
    text = columns[0]
    for column in columns[1:]:
        text = text + _BETWEEN + column
    found: ColumnElement[bool] = collate(text, "C").ilike(wanted)
    return found


def matches_search(typed: str, tells: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition for all terms of `typed`; `tells` gives it for one LIKE expression. Blank matches every record."""
    wanted = parse_search(typed)
    return and_(
        true(),
        *(tells(like_pattern(word)) for word in wanted.words),
        *(does_not_match(tells(like_pattern(word))) for word in wanted.excluded),
    )


def does_not_match(told: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition is false or unknown (NULL)."""
    return told.is_not(true())
