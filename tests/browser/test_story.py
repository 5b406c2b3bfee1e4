"""The main process in real browsers against the running program.

The later tests use the data of the first and need it to run before.
"""

import pytest
from playwright.sync_api import expect

from tests.browser import device_steps, onboarding_steps, script_steps, service_steps
from tests.browser.people import PersonBrowsers

pytestmark = pytest.mark.browser


@pytest.mark.slow(60, "the whole story in browsers")
def test_from_a_partner_that_joins_to_numbers_at_headquarters(browsers: PersonBrowsers) -> None:
    onboarding_steps.headquarters_begins(browsers)
    onboarding_steps.partner_applies(browsers)
    onboarding_steps.headquarters_approves(browsers)
    onboarding_steps.owner_signs_in(browsers)
    onboarding_steps.staff_is_invited(browsers)
    client = onboarding_steps.client_is_set_up(browsers)
    onboarding_steps.client_contact_is_invited(browsers, client, "许工", onboarding_steps.IT_CONTACT)
    other = onboarding_steps.other_client_is_set_up(browsers)
    onboarding_steps.client_contact_is_invited(browsers, other, "赵工", onboarding_steps.OTHER_CONTACT)
    device_steps.service_level_is_chosen(browsers, client)
    device_steps.device_list_is_imported(browsers)
    (label_and_pin,) = device_steps.labels_and_pins_are_printed(browsers, device_steps.DEVICE)

    service_steps.dispatcher_waits(browsers)
    service_steps.engineer_signs_in(browsers)
    number = service_steps.employee_reports(browsers, label_and_pin)
    service_steps.dispatcher_sees_and_assigns(browsers)
    service_steps.engineer_works(browsers)
    service_steps.client_signs(browsers)
    service_steps.employee_confirms_and_rates(browsers)
    service_steps.client_reads(browsers, number)
    service_steps.headquarters_sees(browsers)
    assert browsers.complaints == []


def test_a_click_is_not_lost_to_a_record_that_is_drawn_anew(browsers: PersonBrowsers) -> None:
    page = browsers.page("dispatcher")
    page.goto("/workspace/tickets?view=done")
    page.locator("a[data-panel]").first.click()
    record = page.locator("#record")
    summary = record.get_by_role("heading", name="现在")
    summary.hover()
    record.evaluate("record => (record.dataset.old = '')")
    page.mouse.down()
    with page.expect_response("**/workspace/tickets/*"):
        record.evaluate("record => record.dispatchEvent(new CustomEvent('live', {bubbles: true}))")
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    expect(page.locator("#record[data-old]"), "the record was replaced under a pressed button").to_be_visible()
    page.mouse.up()
    expect(page.locator("#record[data-old]"), "the refresh that was put off never came").to_have_count(0)


@pytest.mark.slow(10, "the explorer draws the whole document")
def test_the_explorer_of_the_interface_loads_nothing_from_elsewhere(browsers: PersonBrowsers) -> None:
    page = browsers.page("developer")
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.goto("/api")
    expect(page.locator(".opblock").first).to_be_visible(timeout=60_000)  # hundreds of operations are drawn
    browsers.screenshot(page, "api")
    assert [url for url in elsewhere if not url.startswith((browsers.program.address, "data:"))] == []
    assert browsers.complaints == []


@pytest.mark.slow(25, "every page of the desk in a browser")
def test_words_stay_words(browsers: PersonBrowsers) -> None:
    """Last, because it renames what the others read."""
    page = browsers.page("owner")
    page.goto("/workspace")
    client, *_ = script_steps.ask(page, "GET", "/api/v1/clients")["items"]
    assert script_steps.scripts_run_on(page, script_steps.typed_everywhere(page, client["id"])) == []
    assert [each for each in browsers.complaints if "violates" in each or "pwned" in each] == []
