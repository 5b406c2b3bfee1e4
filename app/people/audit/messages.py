"""The week's anchors by e-mail: a copy outside the reach of the database's administrators."""

from collections.abc import Sequence
from datetime import date

from app.people.audit.schemas import Anchor
from app.platform.kernel.texts import N_, translator
from app.platform.notifications import ChannelName, MemberRecipient, OutgoingMessage

_SUBJECT = N_("操作记录存证 %(day)s")
_TEXT = N_(
    "下面是贵公司操作记录最近的存证，每行是日期、序号和校验值。请保留这封邮件，不必做别的。\n\n%(lines)s\n\n"
    "日后如怀疑记录被改动，把这些行交给系统管理员核对：任何修改、删除或补写都会对不上。"
)


def anchor_message(to: MemberRecipient, anchors: Sequence[Anchor], day: date) -> OutgoingMessage:
    """`anchors` in the order of their days, one a line, as `yinghuo audit verify --anchors` reads them."""
    translate = translator(to.language)
    lines = "\n".join(f"{each.day} {each.sequence} {each.hash}" for each in sorted(anchors, key=lambda each: each.day))
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=to.email,
        subject=translate(_SUBJECT, day=day),
        text=translate(_TEXT, lines=lines),
        language=to.language,
        reference=f"audit_anchors:{day}",
    )
