"""Kinds of names in a log, and their normalisation for comparing. Pure."""

import unicodedata
from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_

LONGEST = 200


class NameKind(StrEnum):
    """Kind of record that a name refers to."""

    CLIENT = "client"
    DEVICE = "device"
    CALLER = "caller"
    ENGINEER = "engineer"
    SITE = "site"
    DEPARTMENT = "department"


KIND_NAMES: Final = {
    NameKind.CLIENT: N_("客户"),
    NameKind.DEVICE: N_("设备"),
    NameKind.CALLER: N_("报修人"),
    NameKind.ENGINEER: N_("工程师"),
    NameKind.SITE: N_("网点"),
    NameKind.DEPARTMENT: N_("部门"),
}


def comparable_name(name: str) -> str:
    """A name for comparing: half-width, without outer and double spaces, without regard to case."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def device_number(name: str) -> str:
    """A device number as it is stored: half-width, upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split()).upper()
