"""The service report: complete, in the site's time, bound to its signature."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import msgspec
import pytest
from PIL import Image, ImageDraw

from app.desk.tickets.service_reports.document import (
    SERVICE_REPORT,
    PromisedTarget,
    ReportContent,
    ReportedDevice,
    ReportPhoto,
    TargetState,
)
from app.platform.documents import Signature, UnusableImage, content_hash, document_pdf
from app.platform.documents.errors import ContentMismatch
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from tests.documents.pdf_reading import page_count, picture_of, text_of


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=UTC)


REPORT = ReportContent(
    number="SR-20261120-0007",
    version=1,
    partner_name="厦门萤火信息技术服务有限公司",
    partner_address="厦门市思明区软件园二期望海路 10 号",
    hot_line="400-888-0592",
    client_name="厦门海沧精密制造有限公司",
    site_name="海沧总部",
    site_address="厦门市海沧区新阳路 88 号",
    contact_name="林国栋",
    contact_phone="0592-6051234",
    ticket_number="FW-20261120-0007",
    category="硬件维护",
    priority="P2",
    device=ReportedDevice(
        number="XM-PC-0123",
        category="台式电脑",
        model="ThinkCentre M920t",
        serial_number="PC0XK7T2",
        holder="陈晓梅",
        department="财务部",
    ),
    fault="开机后反复重启",
    cause="电源老化",
    work_done="更换电源\n连续开关机五次正常",
    advice="同批次电源请在下次巡检时检测",
    reported_at=at(1, 12),
    arrived_at=at(2, 5),
    resolved_at=at(6, 40),
    work_minutes=95,
    engineer_name="王志强",
    engineer_level="中级",
    targets=(
        PromisedTarget(
            name="到达现场",
            promised_minutes=240,
            business_time=True,
            state=TargetState.MET,
            due_at=at(5, 12),
            met_at=at(2, 5),
        ),
        PromisedTarget(
            name="解决",
            promised_minutes=270,
            business_time=False,
            state=TargetState.BREACHED,
            due_at=at(5, 42),
            met_at=at(6, 40),
        ),
        PromisedTarget(
            name="备用机",
            promised_minutes=30,
            business_time=False,
            state=TargetState.NOT_MEASURED,
        ),
    ),
)


def png(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def strokes(ground: tuple[int, int, int, int], ink: tuple[int, int, int, int]) -> bytes:
    pad = Image.new("RGBA", (600, 200), ground)
    ImageDraw.Draw(pad).line([(60, 120), (110, 60), (190, 150), (420, 70)], fill=ink, width=6)
    return png(pad)


DARK_ON_PAPER = strokes((255, 255, 255, 255), (0, 0, 0, 255))
LIGHT_ON_NOTHING = strokes((0, 0, 0, 0), (255, 255, 255, 255))


def signed(image: bytes, report: ReportContent = REPORT) -> Signature:
    return Signature(name="陈晓梅", signed_at=at(6, 45), image=image, content_hash=content_hash(report))


def printed(
    report: ReportContent = REPORT,
    *,
    signature: Signature | None = None,
    photos: dict[str, bytes] | None = None,
) -> bytes:
    return document_pdf(
        SERVICE_REPORT.layout,
        report,
        translate=translator(SOURCE_LANGUAGE),
        made_at=at(7),
        signature=signature,
        images=photos,
    )


def test_the_report_tells_who_what_and_when() -> None:
    words = text_of(printed(signature=signed(DARK_ON_PAPER)))
    device = REPORT.device
    assert device is not None
    for expected in (
        "客户服务报告",
        REPORT.number,
        "第 1 版",
        REPORT.partner_name,
        REPORT.hot_line,
        REPORT.client_name,
        REPORT.site_name,
        REPORT.site_address,
        REPORT.contact_name,
        device.number,
        device.model,
        device.serial_number,
        REPORT.fault,
        REPORT.cause,
        "更换电源",
        REPORT.advice,
        "1 小时 35 分",
        "王志强",
        "签字人",
        "陈晓梅",
        content_hash(REPORT),
        "第 1 页，共 1 页",
    ):
        assert expected in words


def test_times_are_those_of_the_site() -> None:
    words = text_of(printed(signature=signed(DARK_ON_PAPER)))
    for expected in (
        "2026-11-20 09:12",
        "2026-11-20 10:05",
        "2026-11-20 14:40",
        "2026-11-20 14:45",
    ):
        assert expected in words
    abroad = msgspec.structs.replace(REPORT, time_zone="Europe/Lisbon")
    assert "2026-11-20 01:12" in text_of(printed(abroad))


def test_every_promise_says_how_it_ended() -> None:
    words = text_of(printed())
    assert "4 小时（工作时间）" in words
    assert "4 小时 30 分" in words
    assert "30 分钟" in words
    for expected in ("● 达成", "▲ 超时", "○ 未计时"):
        assert expected.replace(" ", "") in words.replace(" ", "")


def test_remote_work_has_no_arrival_and_may_have_no_device() -> None:
    remote = msgspec.structs.replace(REPORT, arrived_at=None, device=None, targets=())
    words = text_of(printed(remote))
    assert "远程服务" in words
    assert "序列号" not in words
    assert "服务承诺" not in words


def test_a_new_version_names_the_one_it_replaces() -> None:
    assert "本版替代第 1 版" in text_of(printed(msgspec.structs.replace(REPORT, version=2)))
    assert "替代" not in text_of(printed())


@pytest.mark.parametrize("image", [DARK_ON_PAPER, LIGHT_ON_NOTHING], ids=["paper", "dark pad"])
def test_a_signature_is_drawn_in_dark_ink(image: bytes) -> None:
    without = picture_of(printed(), dots_per_inch=72)
    with_it = picture_of(printed(signature=signed(image)), dots_per_inch=72)

    def dark(picture: Image.Image) -> int:
        box = (400, 0, picture.width - 51, picture.height - 70)
        return sum(picture.crop(box).histogram()[:120])

    assert dark(with_it) > dark(without) + 100


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (b"", "image.unreadable"),
        (b"not an image", "image.unreadable"),
        (DARK_ON_PAPER[:120], "image.unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image.unreadable"),
        (png(Image.new("RGBA", (300, 100), (0, 0, 0, 0))), "signature.blank"),
        (png(Image.new("RGB", (300, 100), "white")), "signature.blank"),
        (png(Image.new("RGB", (300, 100), "black")), "signature.blank"),
        (png(Image.new("1", (5000, 10))), "signature.too_large"),
        (b"\x89PNG" + b"0" * 600_000, "signature.too_large"),
    ],
)
def test_rubbish_is_refused_as_a_signature(image: bytes, code: str) -> None:
    with pytest.raises(UnusableImage) as refusal:
        printed(signature=signed(image))
    assert refusal.value.code == code


def test_a_signature_holds_for_the_content_that_was_signed_only() -> None:
    changed = msgspec.structs.replace(REPORT, work_done="什么也没做")
    with pytest.raises(ContentMismatch):
        printed(changed, signature=signed(DARK_ON_PAPER, REPORT))


def test_the_hash_tells_any_change_and_survives_storage() -> None:
    stored = msgspec.json.decode(msgspec.json.encode(REPORT), type=ReportContent)
    assert content_hash(stored) == content_hash(REPORT)
    assert content_hash(msgspec.structs.replace(REPORT, work_minutes=96)) != content_hash(REPORT)


def test_the_hash_of_a_signed_report_never_changes() -> None:
    # A changed value here means that signatures given earlier no longer match what was signed.
    assert content_hash(REPORT) == "2b655d33716e49b8c69611eb37e951808aff53565b5757f9696b9864bd356a75"


def test_photos_stand_in_the_report_and_must_be_those_named() -> None:
    stream = BytesIO()
    Image.new("RGB", (1600, 1200), "orange").save(stream, "JPEG")
    photo = stream.getvalue()
    name = hashlib.sha256(photo).hexdigest()
    report = msgspec.structs.replace(REPORT, photos=(ReportPhoto(sha256=name, caption="更换前的电源"),))
    assert "更换前的电源" in text_of(printed(report, photos={name: photo}))
    with pytest.raises(ContentMismatch):
        printed(report, photos={name: photo + b"."})
    with pytest.raises(ContentMismatch):
        printed(report)


def test_long_words_break_and_long_stories_go_on_over_pages() -> None:
    long = msgspec.structs.replace(REPORT, fault="x" * 500, client_name="W" * 200, work_done="很长的处理过程。" * 900)
    pdf = printed(long)
    pages = page_count(pdf)
    assert pages >= 2
    assert f"第 {pages} 页，共 {pages} 页" in text_of(pdf)
    assert "x" * 500 in text_of(pdf)
    for page in range(pages):
        picture = picture_of(pdf, page)
        right = round(193 / 25.4 * 150)
        assert picture.crop((right, 0, *picture.size)).getextrema() == (255, 255)


def test_text_that_looks_like_markup_stays_text() -> None:
    words = '#import "x": * $a$ [b] `c` = d @e <f> \\ // g'
    report = msgspec.structs.replace(REPORT, fault=words, client_name=words, engineer_name=words)
    assert text_of(printed(report)).replace(" ", "").count(words.replace(" ", "")) == 3


def test_times_without_utc_are_refused() -> None:
    with pytest.raises(ValueError, match="aware UTC"):
        msgspec.structs.replace(REPORT, reported_at=at(1).replace(tzinfo=None))
    with pytest.raises(ValueError, match="aware UTC"):
        msgspec.structs.replace(REPORT, reported_at=at(1).astimezone(timezone(timedelta(hours=8))))


def test_the_same_report_makes_the_same_file() -> None:
    signature = signed(DARK_ON_PAPER)
    assert printed(signature=signature) == printed(signature=signature)
