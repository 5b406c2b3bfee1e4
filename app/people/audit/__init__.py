"""What was done, by whom, to which record: the chain over the audit entries, and reading them (I7)."""

from app.people.audit.commands import all_anchors, kept_anchors_in, verify_chains
from app.people.audit.denials import Denials, note_denial
from app.people.audit.former_names import spellings
from app.people.audit.services.anchoring import anchor_day
from app.people.audit.services.linking import Linker, link_pending
from app.people.audit.services.verification import Fault, Finding, KeptAnchor, verify

__all__ = [
    "Denials",
    "Fault",
    "Finding",
    "KeptAnchor",
    "Linker",
    "all_anchors",
    "anchor_day",
    "kept_anchors_in",
    "link_pending",
    "note_denial",
    "spellings",
    "verify",
    "verify_chains",
]
