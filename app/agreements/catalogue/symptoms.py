"""The symptoms that an employee chooses from, and the first classification that each leads to.

Pure. The classification is a first guess that triage may change; the priority follows from impact and urgency by the
policy's matrix.
"""

from enum import StrEnum
from typing import Final, Literal, NamedTuple

from app.agreements.catalogue.standard import PRODUCT_CATEGORY_OF_DEVICE
from app.platform.kernel.texts import N_

ImpactOrUrgency = Literal["high", "medium", "low"]
"""The words of `app.agreements.sla.vocabulary.Impact` and `Urgency`, which stand a floor above."""


class Symptom(StrEnum):
    """The six picture choices of the employee's page."""

    POWER = "power"
    NETWORK = "network"
    PRINT = "print"
    SOFTWARE = "software"
    ACCOUNT = "account"
    OTHER = "other"


class Classification(NamedTuple):
    """Codes of a service and a product category, with impact and urgency as the matrix takes them."""

    service_category: str
    product_category: str
    impact: ImpactOrUrgency
    urgency: ImpactOrUrgency


SYMPTOM_NAMES: Final = {
    Symptom.POWER: N_("开不了机"),
    Symptom.NETWORK: N_("上不了网"),
    Symptom.PRINT: N_("打印"),
    Symptom.SOFTWARE: N_("软件"),
    Symptom.ACCOUNT: N_("账号/密码"),
    Symptom.OTHER: N_("其他"),
}

_FIRST_CLASSIFICATION: Final = {
    # One person who cannot work at all is urgent; who can go on working in part is not.
    Symptom.POWER: Classification("hardware", "desktop", "low", "high"),
    Symptom.NETWORK: Classification("network", "network", "low", "high"),
    Symptom.PRINT: Classification("hardware", "peripheral", "low", "medium"),
    Symptom.SOFTWARE: Classification("software", "office_software", "low", "medium"),
    Symptom.ACCOUNT: Classification("software", "platform", "low", "high"),
    Symptom.OTHER: Classification("hardware", "desktop", "low", "medium"),
}

_ABOUT_THE_DEVICE: Final = frozenset({Symptom.POWER, Symptom.OTHER})
"""Symptoms whose product is the reported device itself, whatever it is."""


def classify(symptom: Symptom, device_category: str = "") -> Classification:
    """The first guess for `symptom` on a device of `device_category` (code of a device file; empty: not known)."""
    guess = _FIRST_CLASSIFICATION[symptom]
    product = PRODUCT_CATEGORY_OF_DEVICE.get(device_category)
    if product is None or symptom not in _ABOUT_THE_DEVICE:
        return guess
    return guess._replace(product_category=product)
