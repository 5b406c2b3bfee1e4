"""What a column with an unknown heading seems to say, by its values: for the person who maps the columns.

A proposal is never imported by itself.
"""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final

from app.assets.devices.categories import CATEGORY_OF_WORD
from app.assets.devices.device_import.reading.brands import split_brand_and_model
from app.assets.devices.device_import.reading.converters import means_empty, raw_text
from app.assets.devices.device_import.reading.device_statuses import STATUS_OF_WORD
from app.assets.devices.device_import.reading.workbook import CellValue

_SAMPLE_ROWS: Final = 60
_FEWEST_VALUES: Final = 2
"""Values below this say nothing about a column."""
_MATCHING_SHARE: Final = 0.8
_KEY_SHARE: Final = 0.95

_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]\d{7,8}(?:[-转]\d{1,6})?")
_DATE = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?: .*)?")
_SYSTEM = re.compile(
    r".*(?:windows|win ?(?:xp|7|8|10|11)|mac ?os|ubuntu|centos|linux|麒麟|统信|android|ios).*", re.IGNORECASE
)
_MEMORY = re.compile(r"\d{1,4} ?(?:G|GB)(?: ?DDR\d.*)?", re.IGNORECASE)
_DISK = re.compile(r".*\d ?(?:G|GB|T|TB)\b.*(?:SSD|HDD|NVME|固态|机械).*|\d(?:\.\d)? ?TB?", re.IGNORECASE)
_PROCESSOR = re.compile(r".*(?:i[3579]-?\d{3,5}|ryzen|xeon|core|celeron|酷睿|锐龙).*", re.IGNORECASE)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PERSON = re.compile(r"[一-鿿]{2,4}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/.]{1,39}")
_SERIAL = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{7,30}")


def _is(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_person(text: str) -> bool:
    return text[0] in _SURNAMES and _PERSON.fullmatch(text) is not None


_BY_VALUE: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("mac_address", _is(_MAC)),
    ("ip_address", _is(_IP)),
    ("holder_email", _is(_EMAIL)),
    ("holder_phone", _is(_PHONE)),
    ("category", lambda text: text.lower() in CATEGORY_OF_WORD),
    ("status", lambda text: "".join(text.lower().split()) in STATUS_OF_WORD),
    ("brand", lambda text: split_brand_and_model(text)[0] is not None),
    ("operating_system", _is(_SYSTEM)),
    ("hardware_memory", _is(_MEMORY)),
    ("hardware_disk", _is(_DISK)),
    ("hardware_processor", _is(_PROCESSOR)),
    ("holder", _is_person),
)


def propose_fields(
    rows: Iterable[list[CellValue]], columns: Collection[int], taken: Collection[str], known: Collection[str]
) -> dict[int, str]:
    """Column → the field that its values look like, each field once. `taken` are found already, `known` exist."""
    sample = [row for _, row in zip(range(_SAMPLE_ROWS), rows, strict=False) if any(value != "" for value in row)]
    texts = {
        column: [
            raw_text(row[column]).strip()
            for row in sample
            if column < len(row) and row[column] != "" and not means_empty(raw_text(row[column]).strip())
        ]
        for column in sorted(columns)
    }
    texts = {column: values for column, values in texts.items() if len(values) >= _FEWEST_VALUES}
    found: dict[int, str] = {}
    left = [field for field in known if field not in taken]

    def propose(column: int, field: str) -> None:
        found[column] = field
        left.remove(field)

    dates = [column for column, values in texts.items() if _most_match(values, _is(_DATE))]
    for column, field in zip(dates, ("purchased_on", "warranty_until"), strict=False):
        if field in left:
            propose(column, field)
    for field, looks_like in _BY_VALUE:
        for column, values in texts.items():
            if field in left and column not in found and column not in dates and _most_match(values, looks_like):
                propose(column, field)
    codes = [
        column
        for column, values in texts.items()
        if column not in found and column not in dates and _is_key(values, len(sample))
    ]
    if codes and "number" in left:
        propose(codes.pop(0), "number")
    for column in codes:
        if "serial_number" in left and _most_match(texts[column], _is(_SERIAL)):
            propose(column, "serial_number")
    return found


def _most_match(values: list[str], looks_like: Callable[[str], bool]) -> bool:
    return sum(map(looks_like, values)) >= len(values) * _MATCHING_SHARE


def _is_key(values: list[str], rows: int) -> bool:
    """Whether almost every row has a code of its own here, and not just its place in the list."""
    if len(values) < rows * _KEY_SHARE or not _most_match(values, _is(_CODE)):
        return False
    return len(set(values)) >= len(values) * _KEY_SHARE and not _is_sequence(values)


def _is_sequence(values: list[str]) -> bool:
    if not all(value.isascii() and value.isdigit() and len(value) < 7 for value in values):
        return False
    first = int(values[0])
    return [int(value) for value in values] == list(range(first, first + len(values)))
