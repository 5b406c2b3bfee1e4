"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, Kept
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="app.desk.surveys",
    features={"Q2": ""},
    models=("models",),
    api=("api:handlers",),
    audit_actions={
        "command.survey_answered": N_("评价服务"),
        "survey.answered": N_("评价服务"),
    },
    kept={
        Kept.WORK: ("survey_response",),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("survey_response",),
    },
    never_open={NeverOpen.PAST: ("survey_response",)},
    client_texts={"survey_response": ("comment",)},
)
