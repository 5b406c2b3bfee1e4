"""The main process in real browsers against the running program.

The later tests use the data of the first and need it to run before.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

import app.platform.web
from tests.browser import device_steps, onboarding_steps, service_steps
from tests.browser.people import DESK, PHONE, PersonBrowsers
from tests.browser.phone_width import faults_of, pages_from

pytestmark = pytest.mark.browser

AXE = Path(app.platform.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
PORTALS = [
    ("applicant", "/"),
    ("headquarters", "/hq"),
    ("owner", "/workspace"),
    ("dispatcher", "/workspace/tickets"),
    ("owner", "/workspace/devices"),
    ("engineer", "/field/finished"),
    ("employee", "/r/tickets"),
    ("it contact", "/portal"),
]
"""One page of each face, by whom it is for."""


@pytest.fixture(scope="module")
def walked() -> set[str]:
    """The kinds of pages that somebody has opened on a phone."""
    return set()


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


@pytest.mark.parametrize(("person", "path"), PORTALS)
@pytest.mark.slow(5, "axe in two sizes and two themes")
def test_nothing_stands_in_the_way_of_a_screen_reader(browsers: PersonBrowsers, person: str, path: str) -> None:
    page = browsers.page(person)
    page.goto(path)
    page.evaluate(AXE.read_text())
    found = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} scrolls sideways"
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="light" if theme == "light" else "dark", reduced_motion="reduce")
            page.evaluate("Promise.all(document.getAnimations().map((change) => change.finished))")
            seen = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            found += [
                (size["width"], theme, finding["id"], node["target"], node["failureSummary"])
                for finding in seen["violations"]
                for node in finding["nodes"]
            ]
    assert found == []


@pytest.mark.parametrize(
    ("person", "start"), list({person: path for person, path in reversed(PORTALS) if person != "applicant"}.items())
)
@pytest.mark.slow(15, "a walk through every kind of page")
def test_no_page_is_too_narrow_for_its_words_on_a_phone(
    browsers: PersonBrowsers, walked: set[str], person: str, start: str
) -> None:
    page = browsers.page(person)
    opened = {address: faults_of(page) for address in pages_from(page, start, walked)}
    assert {address: faults for address, faults in opened.items() if faults} == {}
    assert opened, "the walk did not begin"


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


def test_the_explorer_of_the_interface_loads_nothing_from_elsewhere(browsers: PersonBrowsers) -> None:
    page = browsers.page("developer")
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.goto("/api")
    expect(page.locator(".opblock").first).to_be_visible()
    browsers.screenshot_as_is(page, "api")
    assert [url for url in elsewhere if not url.startswith((browsers.program.address, "data:"))] == []
    assert browsers.complaints == []
