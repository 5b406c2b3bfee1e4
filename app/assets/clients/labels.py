"""Enumerations and suggested values of client records, with their labels."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


class RecordState(StrEnum):
    """Records of a client are never deleted, because service history names them; unused ones are inactive."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class RecordMove(StrEnum):
    """What can be done with the state of a client's record."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


CLIENT_RECORD: Final = StateMachine(
    record="client_record",
    columns=("client.state", "site.state", "department.state", "contact.state", "employee.state"),
    states=RecordState,
    started=frozenset({RecordState.ACTIVE}),
    moves={
        RecordMove.DEACTIVATE: transition({RecordState.ACTIVE}, RecordState.INACTIVE),
        RecordMove.REACTIVATE: transition({RecordState.INACTIVE}, RecordState.ACTIVE),
    },
)
"""Nobody is refused: a form may choose the present state again; the record's version guards against two writers."""


class EngagementModel(StrEnum):
    """How a client engages the partner (B2)."""

    PER_INCIDENT = "per_incident"
    RETAINER = "retainer"
    PER_DEVICE = "per_device"
    PREPAID = "prepaid"
    STATIONED = "stationed"
    PROJECT = "project"


ENGAGEMENT_NAMES: Final = {
    EngagementModel.PER_INCIDENT: N_("按次服务"),
    EngagementModel.RETAINER: N_("包月包年"),
    EngagementModel.PER_DEVICE: N_("按台计费"),
    EngagementModel.PREPAID: N_("预付工时或次数"),
    EngagementModel.STATIONED: N_("工程师派驻"),
    EngagementModel.PROJECT: N_("项目"),
}

INDUSTRIES: Final = (
    "农、林、牧、渔业",
    "采矿业",
    "制造业",
    "电力、热力、燃气及水生产和供应业",
    "建筑业",
    "批发和零售业",
    "交通运输、仓储和邮政业",
    "住宿和餐饮业",
    "信息传输、软件和信息技术服务业",
    "金融业",
    "房地产业",
    "租赁和商务服务业",
    "科学研究和技术服务业",
    "水利、环境和公共设施管理业",
    "居民服务、修理和其他服务业",
    "教育",
    "卫生和社会工作",
    "文化、体育和娱乐业",
    "公共管理、社会保障和社会组织",
)
"""Suggestions for a client's industry: the sections of GB/T 4754. Other words are taken too."""
