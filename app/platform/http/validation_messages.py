"""What msgspec says of input that is not as the API's document describes it, in the reader's language."""

import re
from typing import Final

from app.platform.kernel.texts import N_, FilledText

_MESSAGES: Final = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"Expected `str` of length >= 1", N_("请填写。")),
        (r"Expected `str` of length >= (?P<least>\d+)", N_("至少 %(least)s 个字符。")),
        (r"Expected `str` of length <= (?P<most>\d+)", N_("最多 %(most)s 个字符。")),
        (r"Expected `array` of length >= (?P<least>\d+)", N_("至少 %(least)s 项。")),
        (r"Expected `array` of length <= (?P<most>\d+)", N_("最多 %(most)s 项。")),
        (r"Expected `(?:int|float|decimal)` >=? ?(?P<least>\S+)", N_("最小是 %(least)s。")),
        (r"Expected `(?:int|float|decimal)` <=? ?(?P<most>\S+)", N_("最大是 %(most)s。")),
        (r"Expected `str` matching regex .+", N_("这一项不合要求，请改正。")),
        (r"Expected `datetime` with a timezone component", N_("时间要带时区，如 2026-01-31T09:00:00+08:00。")),
        (r"Expected `(?P<wanted>[^`]+)`, got `(?P<found>[^`]+)`", N_("应为 %(wanted)s，收到的是 %(found)s。")),
        (
            r"Invalid RFC3339 encoded (?P<kind>\w+)",
            N_("应为 RFC 3339 的 %(kind)s，如 2026-01-31。"),
        ),
        (r"Invalid enum value (?P<value>.+)", N_("没有 %(value)s 这个选项。")),
        (r"Invalid UUID", N_("这不是编号（UUID）。")),
        (r"Invalid decimal string", N_("请填写数字。")),
        (r"Object missing required field `(?P<name>[^`]+)`", N_("缺少 %(name)s。")),
        (r"Object contains unknown field `(?P<name>[^`]+)`", N_("没有 %(name)s 这一项。")),
        (r"Number out of range", N_("这个数超出了范围。")),
    )
)
"""msgspec's messages by their whole form; what matches none is shown as it is. Names of types and fields are the
document's own and stay."""


def readable(message: str) -> str:
    """The catalogue's text for a message of msgspec, filled with its limits and names."""
    for pattern, text in _MESSAGES:
        if found := pattern.fullmatch(message):
            return FilledText(text, **found.groupdict())
    return message
