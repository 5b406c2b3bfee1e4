"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, DeclaredPermission, Kept
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.agreements.catalogue",
    features={"T2": ""},
    models=("models",),
    api=("api:handlers",),
    consumers=("tasks:consumers",),
    permissions=(
        DeclaredPermission(
            Permission.CATALOGUE_READ,
            N_("查看服务目录"),
            ("engineer", "dispatcher", "quality_agent", "client_contact", "reporter"),
        ),
    ),
    kept={
        Kept.ORGANISATION: ("service_category", "product_category"),
    },
    about_people={
        AboutPeople.NOBODY: (
            "product_category",
            "service_category",
        ),
    },
)
