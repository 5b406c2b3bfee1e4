"""The bulletin on paper."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec

from app.desk.security.assessment import coverage_of
from app.desk.security.models import BulletinEdition
from app.platform.documents import DocumentKind, Layout, Print
from app.platform.kernel.counters import Period
from app.platform.kernel.time_source import PLATFORM_ZONE


class PrintedWeek(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A week's figures."""

    monday: date
    expected: int
    protected: int
    outdated: int
    virus_events: int
    unpatched: int


class BulletinContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the bulletin says. `published_on` is UTC."""

    number: str
    partner_name: str
    client_name: str
    month: date
    published_on: datetime
    published_by: str
    weeks: tuple[PrintedWeek, ...]
    summary: str = ""
    industry_news: str = ""
    urgent_notices: str = ""
    virus_notices: str = ""
    vulnerability_notices: str = ""


def _page(content: BulletinContent, printing: Print) -> dict[str, object]:
    _ = printing.translate
    parts = [
        (_("本月概况"), content.summary),
        (_("安全业界动态"), content.industry_news),
        (_("紧急安全通告"), content.urgent_notices),
        (_("病毒通告"), content.virus_notices),
        (_("漏洞通告"), content.vulnerability_notices),
    ]
    heads = (_("周（星期一）"), _("应装"), _("已装"), _("覆盖率"), _("库过期"), _("病毒事件"), _("缺补丁"))
    return {
        "texts": {
            "title": _("信息安全月报"),
            "number": _("编号"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "weeks": _("每周防病毒情况"),
        },
        "partner": content.partner_name,
        "number": content.number,
        "content_hash": printing.content_hash,
        "facts": [
            [_("客户"), content.client_name],
            [_("月份"), f"{content.month:%Y-%m}"],
            [_("发布人"), content.published_by],
            [_("发布日期"), content.published_on.astimezone(PLATFORM_ZONE).date().isoformat()],
        ],
        "heads": list(heads),
        "weeks": [_row(each) for each in content.weeks],
        "parts": [[title, words] for title, words in parts if words],
    }


def _row(week: PrintedWeek) -> list[str]:
    coverage = coverage_of(week.protected, week.expected)
    return [
        week.monday.isoformat(),
        str(week.expected),
        str(week.protected),
        "—" if coverage is None else f"{coverage:g}%",
        str(week.outdated),
        str(week.virus_events),
        str(week.unpatched),
    ]


BULLETIN_EDITION: Final = DocumentKind(
    name="bulletin_edition",
    rows=BulletinEdition,
    about=BulletinEdition.bulletin_id,
    content=BulletinContent,
    layout=Layout(template=Path(__file__).parent / "print" / "bulletin.typ", page=_page),
    prefix="AQ",
    period=Period.YEAR,
    digits=4,
    follows_records=False,
)
