"""The life of a week, of a finding and of a bulletin; what a finding can be."""

from enum import StrEnum
from typing import Final

from app.desk.security.errors import BulletinMoveRefused, FindingMoveRefused, WeekMoveRefused
from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


class WeekState(StrEnum):
    """How far a week is."""

    OPEN = "open"
    """Devices are recorded."""
    ASSESSED = "assessed"
    """Its figures stand, and the client reads them."""


class WeekMove(StrEnum):
    """What happens to a week."""

    ASSESS = "assess"


class Protection(StrEnum):
    """Whether a device has antivirus software."""

    INSTALLED = "installed"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The report does not say."""


class FindingKind(StrEnum):
    """What is wrong with a device."""

    UNPROTECTED = "unprotected"
    OUTDATED = "outdated"
    """Its virus definitions are old."""
    VIRUS = "virus"
    UNPATCHED = "unpatched"


class FindingState(StrEnum):
    """What became of a finding."""

    OPEN = "open"
    TICKETED = "ticketed"
    DISMISSED = "dismissed"


class FindingMove(StrEnum):
    """What happens to a finding."""

    TICKET = "ticket"
    DISMISS = "dismiss"


class BulletinState(StrEnum):
    """Whether the client reads it."""

    DRAFT = "draft"
    PUBLISHED = "published"


class BulletinMove(StrEnum):
    """What happens to a bulletin."""

    PUBLISH = "publish"


PROTECTION_NAMES: Final = {
    Protection.INSTALLED: N_("已装"),
    Protection.MISSING: N_("没有装"),
    Protection.UNKNOWN: N_("不清楚"),
}
WEEK_STATE_NAMES: Final = {WeekState.OPEN: N_("记录中"), WeekState.ASSESSED: N_("已评定")}
WEEK_TONES: Final = {WeekState.OPEN: "active", WeekState.ASSESSED: "good"}
FINDING_NAMES: Final = {
    FindingKind.UNPROTECTED: N_("没有防病毒软件"),
    FindingKind.OUTDATED: N_("病毒库过期"),
    FindingKind.VIRUS: N_("发现病毒"),
    FindingKind.UNPATCHED: N_("缺少补丁"),
}
FINDING_STATE_NAMES: Final = {
    FindingState.OPEN: N_("待处理"),
    FindingState.TICKETED: N_("已开服务单"),
    FindingState.DISMISSED: N_("不处理"),
}
FINDING_TONES: Final = {FindingState.OPEN: "waiting", FindingState.TICKETED: "active"}
BULLETIN_STATE_NAMES: Final = {BulletinState.DRAFT: N_("草稿"), BulletinState.PUBLISHED: N_("已发布")}
BULLETIN_TONES: Final = {BulletinState.DRAFT: "waiting", BulletinState.PUBLISHED: "good"}

SECURITY_WEEK: Final = StateMachine(
    record="security_week",
    columns=("security_week.state",),
    states=WeekState,
    started=frozenset({WeekState.OPEN}),
    moves={WeekMove.ASSESS: transition({WeekState.OPEN}, WeekState.ASSESSED)},
    refusal=WeekMoveRefused,
    state_names=WEEK_STATE_NAMES,
    move_names={WeekMove.ASSESS: N_("评定")},
)
SECURITY_FINDING: Final = StateMachine(
    record="security_finding",
    columns=("security_finding.state",),
    states=FindingState,
    started=frozenset({FindingState.OPEN}),
    moves={
        FindingMove.TICKET: transition({FindingState.OPEN}, FindingState.TICKETED),
        FindingMove.DISMISS: transition({FindingState.OPEN}, FindingState.DISMISSED),
    },
    refusal=FindingMoveRefused,
    state_names=FINDING_STATE_NAMES,
    move_names={FindingMove.TICKET: N_("开服务单"), FindingMove.DISMISS: N_("不处理")},
)
SECURITY_BULLETIN: Final = StateMachine(
    record="security_bulletin",
    columns=("security_bulletin.state",),
    states=BulletinState,
    started=frozenset({BulletinState.DRAFT}),
    moves={BulletinMove.PUBLISH: transition({BulletinState.DRAFT}, BulletinState.PUBLISHED)},
    refusal=BulletinMoveRefused,
    state_names=BULLETIN_STATE_NAMES,
    move_names={BulletinMove.PUBLISH: N_("发布")},
)
