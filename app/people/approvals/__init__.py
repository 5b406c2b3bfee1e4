"""Approvals: what one person asks and another decides, on a page or by a link."""

from app.people.approvals.declaration import ApprovalSubject
from app.people.approvals.schemas import (
    ApprovalRequest,
    Decision,
    Fact,
    Limits,
    LinkRecipient,
    Part,
    Requester,
    Verdict,
)
from app.people.approvals.services.deciders import others_may_decide
from app.people.approvals.services.decisions import decide
from app.people.approvals.services.links import send_link
from app.people.approvals.services.requests import request_approval, void_if_changed, withdraw
from app.people.approvals.states import ApprovalState

__all__ = [
    "ApprovalRequest",
    "ApprovalState",
    "ApprovalSubject",
    "Decision",
    "Fact",
    "Limits",
    "LinkRecipient",
    "Part",
    "Requester",
    "Verdict",
    "decide",
    "others_may_decide",
    "request_approval",
    "send_link",
    "void_if_changed",
    "withdraw",
]
