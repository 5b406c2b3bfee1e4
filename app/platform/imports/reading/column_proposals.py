"""What a column with an unknown heading seems to say, by its values: for the person who maps the columns.

A proposal is never imported by itself.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from app.platform.imports.declaration import ColumnTest
from app.platform.imports.reading.converters import means_empty, raw_text
from app.platform.imports.reading.workbook import CellValue

_SAMPLE_ROWS: Final = 60
_FEWEST_VALUES: Final = 2
"""Values below this say nothing about a column."""
_MATCHING_SHARE: Final = 0.8
_KEY_SHARE: Final = 0.95

_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PERSON = re.compile(r"[一-鿿]{2,4}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/.]{1,39}")


def mostly(looks_like: Callable[[str], object]) -> ColumnTest:
    """Most values look so."""
    return lambda values, _: sum(map(bool, map(looks_like, values))) >= len(values) * _MATCHING_SHARE


def mostly_matches(pattern: str) -> ColumnTest:
    """Most values match the whole pattern, in any case of letters."""
    return mostly(re.compile(pattern, re.IGNORECASE).fullmatch)


LIKE_EMAIL: Final = mostly_matches(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LIKE_PHONE: Final = mostly_matches(r"(?:\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]\d{7,8}(?:[-转]\d{1,6})?")
LIKE_DATE: Final = mostly_matches(r"(?:19|20)\d{2}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?: .*)?")
LIKE_PERSON: Final = mostly(lambda text: text[0] in _SURNAMES and _PERSON.fullmatch(text))
_LIKE_CODE: Final = mostly(_CODE.fullmatch)


def like_key(values: list[str], rows: int) -> bool:
    """Whether almost every row has a code of its own here, and not just its place in the list."""
    if len(values) < rows * _KEY_SHARE or not _LIKE_CODE(values, rows) or LIKE_DATE(values, rows):
        return False
    return len(set(values)) >= len(values) * _KEY_SHARE and not _is_sequence(values)


def propose_fields(
    rows: Iterable[list[CellValue]], columns: Collection[int], looks: Sequence[tuple[str, ColumnTest]]
) -> dict[int, str]:
    """Column → the field that its values look like: each field in its turn takes the first column that is left."""
    sample = [row for _, row in zip(range(_SAMPLE_ROWS), rows, strict=False) if any(value != "" for value in row)]
    texts = {
        column: [
            raw_text(row[column]).strip()
            for row in sample
            if column < len(row) and row[column] != "" and not means_empty(raw_text(row[column]).strip())
        ]
        for column in sorted(columns)
    }
    left = {column: values for column, values in texts.items() if len(values) >= _FEWEST_VALUES}
    found: dict[int, str] = {}
    for field, test in looks:
        column = next((column for column, values in left.items() if test(values, len(sample))), None)
        if column is not None:
            found[column] = field
            del left[column]
    return found


def _is_sequence(values: list[str]) -> bool:
    if not all(value.isascii() and value.isdigit() and len(value) < 7 for value in values):
        return False
    first = int(values[0])
    return [int(value) for value in values] == list(range(first, first + len(values)))
