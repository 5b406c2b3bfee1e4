"""What is not as the API's document describes it is told in the reader's language, with the limit that it broke."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from app.platform.http.validation_messages import readable
from app.platform.kernel.texts import translator
from tests.conftest import ClientFor
from tests.factories.network import PartnerCompany


class Pet(StrEnum):
    FISH = "fish"


class Shop(msgspec.Struct, forbid_unknown_fields=True):
    name: str


@pytest.mark.parametrize(
    ("kind", "sent", "chinese", "english"),
    [
        (Annotated[str, Meta(min_length=1)], "", "请填写。", "Please fill this in."),
        (Annotated[str, Meta(min_length=3)], "a", "至少 3 个字符。", "At least 3 characters."),
        (Annotated[str, Meta(max_length=2)], "abc", "最多 2 个字符。", "At most 2 characters."),
        (Annotated[list[int], Meta(min_length=1)], [], "至少 1 项。", "At least 1 items."),
        (Annotated[list[int], Meta(max_length=1)], [1, 2], "最多 1 项。", "At most 1 items."),
        (Annotated[int, Meta(ge=0)], -1, "最小是 0。", "The least is 0."),
        (Annotated[int, Meta(le=5)], 9, "最大是 5。", "The most is 5."),
        (int | None, "x", "应为 int | null，收到的是 str。", "Expected int | null, got str."),
        (Annotated[datetime, Meta(tz=True)], "2026-01-01T00:00:00", "时间要带时区", "A time needs its zone"),
        (date, "x", "应为 RFC 3339 的 date", "Expected an RFC 3339 date"),
        (Pet, "cat", "没有 'cat' 这个选项。", "There is no choice 'cat'."),
        (UUID, "x", "这不是编号（UUID）。", "This is no id (UUID)."),
        (Shop, {}, "缺少 name。", "name is missing."),
        (Shop, {"name": "a", "colour": 1}, "没有 colour 这一项。", "There is no colour."),
        (Decimal, "x", "请填写数字。", ""),
        (Annotated[str, Meta(pattern="^a")], "b", "这一项不合要求，请改正。", ""),
    ],
)
def test_each_refusal_has_its_words(kind: Any, sent: Any, chinese: str, english: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(sent), type=kind)
    words = readable(str(refused.value))
    assert translator("zh-CN")(words).startswith(chinese)
    assert translator("en")(words).startswith(english)
    assert "Expected `" not in translator("en")(words)


def test_what_nobody_expected_is_shown_as_it_is() -> None:
    assert translator("zh-CN")(readable("Something new in msgspec")) == "Something new in msgspec"


async def test_the_api_says_it_to_whoever_asked(http: ClientFor, partner: PartnerCompany) -> None:
    desk = await http(partner.dispatcher)
    sent = {"subject": "打印机卡纸", "client_id": "x"}
    refused = await desk.post("/api/v1/tickets", json=sent)
    assert refused.json()["errors"] == [{"field": "client_id", "message": "这不是编号（UUID）。"}]
