"""From a contract to the payment of its invoice, in real browsers, on pages alone."""

import pytest

from tests.browser import billing_steps, device_steps, onboarding_steps, service_steps
from tests.browser.people import PersonBrowsers

pytestmark = pytest.mark.browser


@pytest.mark.slow(200, "the whole story in browsers")
def test_from_a_contract_to_a_paid_invoice(browsers: PersonBrowsers) -> None:
    onboarding_steps.headquarters_begins(browsers)
    onboarding_steps.partner_applies(browsers)
    onboarding_steps.headquarters_approves(browsers)
    onboarding_steps.owner_signs_in(browsers)
    onboarding_steps.staff_is_invited(browsers)
    client = onboarding_steps.client_is_set_up(browsers)
    device_steps.service_level_is_chosen(browsers, client)
    device_steps.device_list_is_imported(browsers)
    (label_and_pin,) = device_steps.labels_and_pins_are_printed(browsers, device_steps.DEVICE)
    billing_steps.contract_is_signed(browsers)

    service_steps.dispatcher_waits(browsers)
    service_steps.engineer_signs_in(browsers)
    service_steps.employee_reports(browsers, label_and_pin)
    service_steps.dispatcher_sees_and_assigns(browsers)
    service_steps.engineer_works(browsers)

    billing_steps.work_is_charged(browsers)
    invoice = billing_steps.invoice_is_issued(browsers, billing_steps.draft_is_made(browsers))
    billing_steps.bank_statement_is_imported(browsers, invoice)
    billing_steps.payment_is_matched(browsers, invoice)
    assert browsers.complaints == []
