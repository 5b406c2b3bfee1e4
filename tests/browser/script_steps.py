"""Steps of the browser story: script injection through every text field, read on every page that shows it."""

import json
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.people import DESK, PHONE

EVIL = "\"'><img src=q onerror=pwned=1>{{7*7}}"
"""Breaks out of an attribute and of a text, and would be computed by a template that is written by its reader."""
SHORT = "\"'><b id=pwned>"

_SEND_REQUEST = """async ([method, path, body]) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = {"Content-Type": "application/json", "X-CSRF-Token": token};
  const answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
  return [answer.status, await answer.text()];
}"""
_UPLOAD = """async ([path, name]) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = 40;
  sheet.getContext("2d").fillRect(0, 0, 20, 20);
  const picture = await new Promise((done) => sheet.toBlob(done, "image/png"));
  const form = new FormData();
  form.append("photos", picture, name);
  const answer = await fetch(path, {method: "POST", headers: {"X-CSRF-Token": token}, body: form});
  return [answer.status, await answer.text()];
}"""
_SCRIPTS_RUN = """() => [
  typeof window.pwned !== "undefined" && !(window.pwned instanceof HTMLElement) ? "a script ran" : "",
  document.querySelector("img[src=q], #pwned, [onerror]") ? "a text became an element" : "",
  document.body.innerText.includes("onerror=pwned=1>49") ? "a text was computed" : "",
].filter(Boolean)"""


def ask(page: Page, method: str, path: str, body: Any = None) -> dict[str, Any]:
    status, text = page.evaluate(_SEND_REQUEST, [method, path, body])
    assert status in (200, 201), f"{path}: {status} {text}"
    return dict(json.loads(text))


def scripts_run_on(page: Page, paths: Iterable[str]) -> list[str]:
    """What ran or was taken for more than words on any of these pages, at a desk's and a phone's width."""
    found: list[str] = []
    for path in paths:
        page.goto(path)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            found += [f"{path}: {each}" for each in page.evaluate(_SCRIPTS_RUN)]
        if path.startswith("/workspace/tickets/"):
            expect(page.locator(".quote")).to_have_text(EVIL)
    return found


def typed_everywhere(page: Page, client_id: str) -> list[str]:
    """Write the attack into every kind of record; the pages that show it."""
    here = f"/api/v1/clients/{client_id}"
    present = ask(page, "GET", here)
    fields = ("code", "name", "short_name", "industry", "city_code", "engagement_models", "time_zone", "remark")
    wanted = {name: present[name] for name in fields if name in present}
    ask(page, "PUT", here, {**wanted, "name": EVIL, "short_name": SHORT, "remark": EVIL, "version": present["version"]})
    ask(page, "POST", f"{here}/sites", {"name": EVIL, "address": EVIL})
    ask(page, "POST", f"{here}/departments", {"name": EVIL, "cost_centre": SHORT})
    ask(page, "POST", f"{here}/contacts", {"name": EVIL, "function": EVIL})
    employee = ask(page, "POST", f"{here}/employees", {"name": EVIL, "employee_number": SHORT})
    device = ask(
        page,
        "POST",
        "/api/v1/devices",
        {"client_id": client_id, "number": "X-1", "category": "desktop", "brand": EVIL, "model": EVIL, "remark": EVIL},
    )
    fault = {"client_id": client_id, "device_id": device["id"], "subject": EVIL, "description": EVIL}
    ticket = ask(page, "POST", "/api/v1/tickets", {**fault, "contact_name": EVIL})
    ask(page, "POST", f"/api/v1/tickets/{ticket['id']}/notes", {"text": EVIL})
    ask(page, "POST", f"/api/v1/tickets/{ticket['id']}/replies", {"text": EVIL})
    status, text = page.evaluate(_UPLOAD, [f"/api/v1/tickets/{ticket['id']}/photos", f"{EVIL}.png"])
    assert status == 201, text
    role = ask(page, "POST", "/api/v1/roles", {"name": EVIL, "permissions": ["device:read"]})
    team = ask(page, "POST", "/api/v1/teams", {"name": EVIL, "client_ids": [client_id]})
    signed = {"title": EVIL, "signed_on": "2026-01-01", "client_signatory": EVIL, "remark": EVIL}
    ask(page, "POST", f"{here}/confidentiality-agreements", signed)
    ask(page, "POST", "/api/v1/api-tokens", {"name": EVIL, "permissions": ["device:read"]})
    ask(page, "POST", "/api/v1/invitations", {"email": "x@example.com", "display_name": EVIL, "roles": ["dispatcher"]})
    workspace = f"/workspace/clients/{client_id}"
    return [
        "/workspace",
        "/workspace/tickets",
        f"/workspace/tickets/{ticket['id']}",
        "/workspace/clients",
        *(f"{workspace}?tab={tab}" for tab in ("sites", "departments", "contacts", "employees")),
        f"{workspace}/edit",
        f"{workspace}/confidentiality",
        f"{workspace}/employees/{employee['id']}/personal-data",
        "/workspace/devices",
        f"/workspace/devices/{device['id']}",
        "/workspace/hot-line",
        "/workspace/members",
        "/workspace/roles",
        f"/workspace/roles/{role['id']}",
        "/workspace/teams",
        f"/workspace/teams/{team['id']}",
        "/workspace/api-tokens",
        "/workspace/audit",
        "/workspace/deliveries",
        f"/workspace/tickets?q={EVIL}",
        f"/sign-in?next={EVIL}",
        "/mailbox",
    ]
