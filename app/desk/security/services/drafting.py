"""The first words of a bulletin, from the records of its month."""

from collections import Counter
from collections.abc import Sequence

from app.desk.security.schemas import SecurityFindingView, SecurityWeekSummary
from app.desk.security.states import FINDING_NAMES
from app.platform.kernel.texts import Translator


def summary_of(
    weeks: Sequence[SecurityWeekSummary], findings: Sequence[SecurityFindingView], translate: Translator
) -> str:
    """How the month went: coverage at its end, events, findings and how many have a ticket."""
    _ = translate
    if not weeks:
        return _("本月没有评定过的周报。")
    last = weeks[-1]
    events = sum(each.virus_events for each in weeks)
    said = [
        _(
            "本月评定 %(weeks)s 周。月末应装防病毒软件的电脑 %(expected)s 台，已装 %(protected)s 台，"
            "病毒库过期 %(outdated)s 台，缺少补丁 %(unpatched)s 台。",
            weeks=len(weeks),
            expected=last.expected,
            protected=last.protected,
            outdated=last.outdated,
            unpatched=last.unpatched,
        ),
        _("病毒事件共 %(count)s 次。", count=events),
    ]
    if findings:
        kinds = Counter(each.kind for each in findings)
        named = "，".join(f"{_(FINDING_NAMES[kind])} {count}" for kind, count in sorted(kinds.items()))
        ticketed = sum(each.ticket_id is not None for each in findings)
        said.append(
            _(
                "发现问题 %(count)s 个（%(kinds)s），其中 %(ticketed)s 个已开服务单跟进。",
                count=len(findings),
                kinds=named,
                ticketed=ticketed,
            )
        )
    return "\n".join(said)


def virus_words(assessments: Sequence[tuple[str, str]]) -> str:
    """The weeks' assessments, each behind its Monday."""
    return "\n".join(f"{monday}　{words}" for monday, words in assessments if words)
