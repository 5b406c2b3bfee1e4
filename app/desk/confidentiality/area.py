"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, Kept, RecordTab
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.desk.confidentiality",
    features={"C4": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    record_tabs=(
        RecordTab("client", 60, "confidentiality", "{base}/confidentiality", N_("保密"), Permission.CLIENT_READ),
    ),
    audit_groups=(AuditGroup("confidentiality_agreement.", N_("保密"), ("confidentiality_agreement", "admission")),),
    audit_actions={
        "admission.changed": N_("改变工程师准入"),
        "confidentiality_agreement.changed": N_("修改保密协议"),
        "confidentiality_agreement.created": N_("登记保密协议"),
    },
    kept={
        Kept.EVIDENCE: ("confidentiality_agreement", "engineer_admission"),
    },
    about_people={
        AboutPeople.COMPANIES: ("confidentiality_agreement",),
    },
    never_open={NeverOpen.PAST: ("confidentiality_agreement",), NeverOpen.ARRANGEMENT: ("engineer_admission",)},
    kept_of_client={"confidentiality_agreement": KeptOfClient.EVIDENCE},
)
