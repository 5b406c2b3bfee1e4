"""The main job once through, clicked by the people in it, on the program started as its users start it."""

import pytest

from tests.browser import devices, joining, service
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


def test_from_a_partner_that_joins_to_a_fault_that_is_followed(stage: Stage) -> None:
    joining.headquarters_begins(stage)
    joining.partner_applies(stage)
    joining.headquarters_approves(stage)
    joining.owner_comes_in(stage)
    joining.staff_is_invited(stage)
    client = joining.client_is_set_up(stage)
    joining.client_contact_is_invited(stage, client, "许工", joining.IT_CONTACT)
    devices.device_list_is_imported(stage)
    (door,) = devices.labels_and_pins_are_printed(stage, devices.DEVICE)
    service.employee_reports(stage, door)
    assert stage.complaints == []
