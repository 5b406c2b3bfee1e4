"""Labels of audit codes. A code without a label is shown as it is: no entry is left out."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from app.people.audit.former_names import FORMER_AREAS, FORMER_RECORDS, present_action
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import AuditGroup, areas, gathered
from app.platform.kernel.texts import N_, Translator

ACTORS: Final[Mapping[str, str]] = {
    ActorKind.HQ: N_("总部人员"),
    ActorKind.PROVIDER: N_("服务商员工"),
    ActorKind.CLIENT: N_("客户人员"),
    ActorKind.REPORTER: N_("报修人"),
    ActorKind.SYSTEM: N_("系统"),
    ActorKind.VISITOR: N_("访客"),
}


def action_labels() -> Mapping[str, str]:
    """Label of every action, as the areas declare them."""
    return gathered("audit_actions")


def record_labels() -> Mapping[str, str]:
    """Label of every kind of record, as the areas declare them."""
    return gathered("audit_records")


@cache
def groups() -> Mapping[str, AuditGroup]:
    """What the list is narrowed by: prefix of actions, with its dot → group."""
    return {group.prefix: group for area in areas() for group in area.audit_groups}


def action_label(action: str, translate: Translator) -> str:
    """An action in words, whatever it was called when it was written."""
    label = action_labels().get(present_action(action))
    return translate(label) if label else action


def records_of(prefix: str) -> tuple[str, ...]:
    """The records whose actions the group of `prefix` holds; a group nobody knows holds those of its own name."""
    present = FORMER_AREAS.get(prefix, prefix)
    known = groups().get(present)
    return (known.records if known else ()) or (present.removesuffix("."),)


def record_label(record_kind: str, translate: Translator) -> str:
    """The label of a kind of record."""
    label = record_labels().get(FORMER_RECORDS.get(record_kind, record_kind))
    return translate(label) if label else record_kind


def actor_label(kind: str, translate: Translator) -> str:
    """The label of a kind of actor, where no name is known."""
    return translate(ACTORS[kind]) if kind in ACTORS else kind
