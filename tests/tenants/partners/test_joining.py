"""A company applies, headquarters decides, the tenant stands: through the API."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers
from tenants.models import Tenant, TenantProfile
from tenants.partners import AddressVerification, ApplicationCreate, CodeRequest, PartnerApplications, SignUpSettings
from tenants.partners.errors import CodeRefused
from tenants.partners.events import ApplicationApproved, PartnerProvisioned
from tenants.partners.models import PartnerTransition
from tenants.partners.services.provisioning import provision_partner
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.tenants.partners.applicants import (
    GUANGZHOU,
    XIAMEN,
    apply,
    code_sent_to,
    company,
    credit_code,
    id_of,
    letters_to,
)
from tests.tenants.partners.reviewing import Invitations, approval, approval_event

pytestmark = pytest.mark.usefixtures("an_hour_later")

APPLICATIONS = "/api/v1/partner-applications"


async def test_the_whole_story(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    receipt = await apply(visitor, runtime)
    assert receipt["number"].startswith("SQ-2026")
    followed = await visitor.get(f"{APPLICATIONS}/status/{receipt['status_token']}")
    assert followed.json()["state"] == "applied"
    received = (await letters_to(runtime, receipt["email"]))[-1]
    assert receipt["number"] in received.subject
    assert receipt["status_token"] in received.text

    application_id = await id_of(headquarters, receipt["number"])
    detail = (await headquarters.get(f"{APPLICATIONS}/{application_id}")).json()
    assert detail["mobile"] == "13800138000"
    assert detail["credit_code_valid"]
    assert detail["slug_free"]
    assert detail["resemblances"] == []

    approved = await headquarters.post(f"{APPLICATIONS}/{application_id}/approve", json=approval())
    assert approved.status_code == 200, approved.text
    assert approved.json()["state"] == "approved"
    directory = await visitor.get("/api/v1/directory", params={"city": XIAMEN})
    assert receipt["slug"] not in [entry["slug"] for entry in directory.json()["items"]]

    event, invitations = await approval_event(runtime, application_id), Invitations()
    await provision_partner(runtime.units_of_work, event, invitations)
    assert invitations.sent == [(event.partner_id, receipt["email"])]
    directory = await visitor.get("/api/v1/directory", params={"city": XIAMEN, "category": "hardware"})
    entry = next(entry for entry in directory.json()["items"] if entry["slug"] == receipt["slug"])
    assert entry["star_level"] == 4
    assert entry["hotline"] == "0592-5550119"
    assert entry["territory"] == ["350100", XIAMEN]
    assert "credit_code" not in entry
    followed = await visitor.get(f"{APPLICATIONS}/status/{receipt['status_token']}")
    assert followed.json()["state"] == "approved"

    partner = (await headquarters.get(f"/api/v1/partners/{event.partner_id}")).json()
    assert partner["state"] == "active"
    assert [(line["kind"], line["after"]) for line in partner["history"]] == [
        ("state", "approved"),
        ("star_level", "4"),
        ("territory", "350100,350200"),
        ("authorisations", "software,hardware"),
        ("state", "active"),
    ]


async def test_bad_input_names_every_field_and_keeps_the_code(visitor: Any, runtime: Runtime) -> None:
    wish = company()
    await visitor.post(f"{APPLICATIONS}/verification-codes", json={"address": wish["email"]})
    wish["email_code"] = await code_sent_to(runtime, wish["email"])
    wrong = wish | {"credit_code": "9135", "city_code": "999999", "slug": "admin", "plan": "gold", "mobile": "12"}
    refused = await visitor.post(APPLICATIONS, json=wrong)
    assert refused.status_code == 422
    problems = {problem["field"]: problem["message"] for problem in refused.json()["errors"]}
    assert set(problems) == {"credit_code", "city_code", "slug", "plan", "mobile"}
    assert problems["credit_code"] == "统一社会信用代码应为 18 位，现在是 4 位。"
    assert (await visitor.post(APPLICATIONS, json=wish)).status_code == 201


async def test_a_code_works_once(visitor: Any, runtime: Runtime) -> None:
    first = await apply(visitor, runtime)
    again = company(email=first["email"], email_code=first["email_code"])
    refused = await visitor.post(APPLICATIONS, json=again)
    assert refused.json()["code"] == "verification_code.refused"


async def test_a_code_is_gone_after_ten_minutes(visitor: Any, runtime: Runtime, clock: SettableClock) -> None:
    wish = company()
    await visitor.post(f"{APPLICATIONS}/verification-codes", json={"address": wish["email"]})
    code = await code_sent_to(runtime, wish["email"])
    clock.advance(timedelta(minutes=10))
    refused = await visitor.post(APPLICATIONS, json=wish | {"email_code": code})
    assert refused.json()["code"] == "verification_code.refused"


async def test_five_wrong_guesses_spend_a_code(visitor: Any, runtime: Runtime) -> None:
    wish = company()
    await visitor.post(f"{APPLICATIONS}/verification-codes", json={"address": wish["email"]})
    code = await code_sent_to(runtime, wish["email"])
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        refused = await visitor.post(APPLICATIONS, json=wish | {"email_code": wrong})
        assert refused.json()["code"] == "verification_code.refused"
    refused = await visitor.post(APPLICATIONS, json=wish | {"email_code": code})
    assert refused.json()["code"] == "verification_code.refused"


async def test_codes_are_throttled_per_address(visitor: Any, clock: SettableClock) -> None:
    address = {"address": "impatient@example.com"}
    assert (await visitor.post(f"{APPLICATIONS}/verification-codes", json=address)).status_code == 202
    refused = await visitor.post(f"{APPLICATIONS}/verification-codes", json=address)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    for _ in range(4):
        clock.advance(timedelta(minutes=1))
        assert (await visitor.post(f"{APPLICATIONS}/verification-codes", json=address)).status_code == 202
    clock.advance(timedelta(minutes=1))
    refused = await visitor.post(f"{APPLICATIONS}/verification-codes", json=address)
    assert int(refused.headers["retry-after"]) > 60


async def test_sms_is_refused_where_nobody_can_send_it(visitor: Any) -> None:
    refused = await visitor.post(
        f"{APPLICATIONS}/verification-codes", json={"address": "13800138000", "channel": "sms"}
    )
    assert refused.json()["code"] == "verification_code.sms_not_offered"


async def test_duplicates_are_shown_to_the_reviewer_only(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    first = await apply(visitor, runtime)
    await apply(visitor, runtime)
    second = await apply(
        visitor, runtime, credit_code=first["credit_code"].lower(), slug=first["slug"], legal_name="另一家公司"
    )
    assert set(second) == set(first)
    followed = (await visitor.get(f"{APPLICATIONS}/status/{second['status_token']}")).json()
    assert followed["state"] == "applied"
    assert first["number"] not in str(followed)

    application_id = await id_of(headquarters, second["number"])
    detail = (await headquarters.get(f"{APPLICATIONS}/{application_id}")).json()
    assert [(found["label"], found["same"]) for found in detail["resemblances"]] == [
        (first["number"], ["credit_code", "slug"])
    ]
    queue = (await headquarters.get(APPLICATIONS, params={"limit": 3})).json()
    assert [line["resembles_others"] for line in queue["items"]] == [True, False, True]


async def test_a_taken_slug_is_replaced_by_the_reviewer(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    first = await apply(visitor, runtime)
    second = await apply(visitor, runtime, slug=first["slug"])
    first_id, second_id = await id_of(headquarters, first["number"]), await id_of(headquarters, second["number"])
    await headquarters.post(f"{APPLICATIONS}/{first_id}/approve", json=approval())
    refused = await headquarters.post(f"{APPLICATIONS}/{second_id}/approve", json=approval())
    assert refused.status_code == 409
    assert refused.json()["code"] == "slug.taken"
    approved = await headquarters.post(f"{APPLICATIONS}/{second_id}/approve", json=approval(slug="another-light"))
    assert approved.status_code == 200


async def test_a_company_joins_once(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    code = credit_code(777)
    first, second = await apply(visitor, runtime, credit_code=code), await apply(visitor, runtime, credit_code=code)
    await headquarters.post(f"{APPLICATIONS}/{await id_of(headquarters, first['number'])}/approve", json=approval())
    refused = await headquarters.post(
        f"{APPLICATIONS}/{await id_of(headquarters, second['number'])}/approve", json=approval()
    )
    assert refused.json()["code"] == "credit_code.taken"


async def test_a_second_approval_changes_nothing(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    receipt = await apply(visitor, runtime)
    application_id = await id_of(headquarters, receipt["number"])
    address, key = f"{APPLICATIONS}/{application_id}/approve", {"idempotency-key": f"approve-{application_id}"}
    first = await headquarters.post(address, json=approval(), headers=key)
    replayed = await headquarters.post(address, json=approval(), headers=key)
    assert replayed.headers["idempotent-replay"] == "true"
    assert replayed.json() == first.json()
    refused = await headquarters.post(address, json=approval(version=2))
    assert refused.json()["code"] == "application.move_refused"
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        events = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == ApplicationApproved.topic)
        )
        assert len([payload for payload in events if payload["application_id"] == application_id]) == 1


async def test_two_reviewers_at_the_same_moment_approve_once(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    application_id = await id_of(headquarters, (await apply(visitor, runtime))["number"])
    address = f"{APPLICATIONS}/{application_id}/approve"
    answers = await asyncio.gather(*(headquarters.post(address, json=approval()) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_an_application_sent_twice_is_one(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    wish, key = company(), {"idempotency-key": "the-same-application"}
    await visitor.post(f"{APPLICATIONS}/verification-codes", json={"address": wish["email"]})
    wish["email_code"] = await code_sent_to(runtime, wish["email"])
    first = await visitor.post(APPLICATIONS, json=wish, headers=key)
    second = await visitor.post(APPLICATIONS, json=wish, headers=key)
    assert second.status_code == 201
    assert second.json() == first.json()


async def test_where_sms_is_sent_the_mobile_is_verified_too(runtime: Runtime) -> None:
    installation = replace(SignUpSettings.of(runtime), sms_offered=True)
    wish = company()
    async with runtime.units_of_work.begin(Actor.visitor()) as work:
        verification = AddressVerification(work, installation)
        await verification.send_code(CodeRequest(wish["email"]))
        await verification.send_code(CodeRequest(wish["mobile"], "sms"))
    wish["email_code"] = await code_sent_to(runtime, wish["email"])
    with pytest.raises(CodeRefused) as refused:
        async with runtime.units_of_work.begin(Actor.visitor()) as work:
            await PartnerApplications(work, installation).apply(ApplicationCreate(**wish))
    assert set(refused.value.fields) == {"mobile_code"}
    wish["mobile_code"] = await code_sent_to(runtime, "13800138000")
    async with runtime.units_of_work.begin(Actor.visitor()) as work:
        receipt = await PartnerApplications(work, installation).apply(ApplicationCreate(**wish))
    assert receipt.number


async def test_a_stale_reviewer_is_refused(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    application_id = await id_of(headquarters, (await apply(visitor, runtime))["number"])
    refused = await headquarters.post(f"{APPLICATIONS}/{application_id}/approve", json=approval(version=0))
    assert refused.json()["code"] == "request.stale_version"


async def test_a_rejection_needs_a_reason_and_tells_it(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    visitor.headers["accept-language"] = "en"
    receipt = await apply(visitor, runtime)
    address = f"{APPLICATIONS}/{await id_of(headquarters, receipt['number'])}/reject"
    refused = await headquarters.post(address, json={"version": 1, "reason": "  "})
    assert refused.json()["errors"][0]["field"] == "reason"
    rejected = await headquarters.post(address, json={"version": 1, "reason": "营业执照已过期"})
    assert rejected.json()["state"] == "rejected"
    letter = (await letters_to(runtime, receipt["email"]))[-1]
    assert "营业执照已过期" in letter.text
    assert letter.subject.startswith("Your application")
    followed = (await visitor.get(f"{APPLICATIONS}/status/{receipt['status_token']}")).json()
    assert followed["reason"] == "营业执照已过期"


def test_the_worker_provisions_and_others_furnish() -> None:
    listening = {(listener.topic, listener.name) for listener in all_consumers()}
    assert {name for topic, name in listening if topic == ApplicationApproved.topic} == {"partners.provision"}
    assert (PartnerProvisioned.topic, "catalogue.provision") in listening


async def test_provisioning_resumes_after_a_crash(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    receipt = await apply(visitor, runtime)
    application_id = await id_of(headquarters, receipt["number"])
    await headquarters.post(f"{APPLICATIONS}/{application_id}/approve", json=approval(begin_as="trial"))
    event, invitations = await approval_event(runtime, application_id), Invitations(fails=1)
    with pytest.raises(ConnectionError):
        await provision_partner(runtime.units_of_work, event, invitations)
    partner = (await headquarters.get(f"/api/v1/partners/{event.partner_id}")).json()
    assert partner["state"] == "approved"
    for _ in range(3):
        await provision_partner(runtime.units_of_work, event, invitations)
    assert len(invitations.sent) == 1
    async with runtime.units_of_work.begin(Actor.system(event.partner_id)) as work:
        assert await work.session.scalar(select(func.count()).select_from(TenantProfile)) == 1
        topics = list(await work.session.scalars(select(OutboxEvent.topic)))
        assert topics == ["partner.provisioned"]
        assert await work.session.scalar(select(Tenant.state).where(Tenant.id == event.partner_id)) == "trial"
    partner = (await headquarters.get(f"/api/v1/partners/{event.partner_id}")).json()
    assert partner["state"] == "trial"
    assert [line["after"] for line in partner["history"] if line["kind"] == "state"] == ["approved", "trial"]


async def test_a_partner_is_graded_suspended_and_comes_back(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    receipt = await apply(visitor, runtime)
    application_id = await id_of(headquarters, receipt["number"])
    await headquarters.post(f"{APPLICATIONS}/{application_id}/approve", json=approval(begin_as="trial"))
    event = await approval_event(runtime, application_id)
    await provision_partner(runtime.units_of_work, event, Invitations())
    address = f"/api/v1/partners/{event.partner_id}"
    partner = (await headquarters.get(address)).json()

    graded = await headquarters.post(
        f"{address}/grading",
        json={"version": partner["version"], "reason": "季度评定", "star_level": 5, "territory": [GUANGZHOU]},
    )
    assert graded.json()["star_level"] == 5
    assert [line["reason"] for line in graded.json()["history"][-2:]] == ["季度评定", "季度评定"]
    changed = await headquarters.patch(address, json={"version": graded.json()["version"], "hotline": "4008208820"})
    assert changed.json()["hotline"] == "400-820-8820"

    async def step(name: str, version: int) -> Any:
        return await headquarters.post(f"{address}/{name}", json={"version": version, "reason": "季度评定"})

    version = changed.json()["version"]
    refused = await step("reactivate", version)
    assert refused.json()["code"] == "partner.move_refused"
    suspended = await step("suspend", version)
    assert suspended.json()["state"] == "suspended"
    listed = (await visitor.get("/api/v1/directory", params={"city": GUANGZHOU})).json()["items"]
    assert receipt["slug"] not in [entry["slug"] for entry in listed]
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        assert await work.session.scalar(select(Tenant.state).where(Tenant.id == event.partner_id)) == "suspended"
    back = await step("reactivate", suspended.json()["version"])
    assert back.json()["state"] == "active"
    assert (await step("activate", back.json()["version"])).status_code == 409


async def test_the_queue_goes_on_by_cursor(visitor: Any, headquarters: Any, runtime: Runtime) -> None:
    numbers = [(await apply(visitor, runtime, city_code=GUANGZHOU))["number"] for _ in range(3)]
    first = (await headquarters.get(APPLICATIONS, params={"limit": 2, "city": GUANGZHOU})).json()
    rest = (
        await headquarters.get(APPLICATIONS, params={"limit": 2, "city": GUANGZHOU, "cursor": first["next_cursor"]})
    ).json()
    assert [line["number"] for line in first["items"] + rest["items"]] == numbers[::-1]
    assert rest["next_cursor"] is None


async def test_the_directory_goes_on_by_cursor_and_may_be_cached(
    visitor: Any, headquarters: Any, runtime: Runtime
) -> None:
    lhasa, slugs = "540100", []
    for stars in (2, 5, 2):
        receipt = await apply(visitor, runtime)
        application_id = await id_of(headquarters, receipt["number"])
        await headquarters.post(
            f"{APPLICATIONS}/{application_id}/approve", json=approval(star_level=stars, territory=[lhasa])
        )
        await provision_partner(runtime.units_of_work, await approval_event(runtime, application_id), Invitations())
        slugs.append(receipt["slug"])
    first = await visitor.get("/api/v1/directory", params={"city": lhasa, "limit": 2})
    assert first.headers["cache-control"] == "max-age=300, public"
    assert "set-cookie" not in first.headers
    rest = await visitor.get(
        "/api/v1/directory", params={"city": lhasa, "limit": 2, "cursor": first.json()["next_cursor"]}
    )
    found = [entry["slug"] for entry in first.json()["items"] + rest.json()["items"]]
    assert found == [slugs[1], slugs[0], slugs[2]]
    assert (await visitor.get("/api/v1/directory", params={"cursor": "nonsense"})).status_code == 422


async def test_a_partners_people_read_no_applications(
    visitor: Any, http: ClientFor, network: Network, runtime: Runtime, headquarters: Any
) -> None:
    receipt = await apply(visitor, runtime)
    application_id = await id_of(headquarters, receipt["number"])
    partner = await network.partner()
    owner = await http(partner.owner)
    for address in (APPLICATIONS, f"{APPLICATIONS}/{application_id}", "/api/v1/partners"):
        assert (await owner.get(address)).status_code == 403
    async with runtime.units_of_work.begin(partner.owner) as work:
        assert await work.session.scalar(select(func.count()).select_from(PartnerTransition)) == 0
    assert (await visitor.get(APPLICATIONS)).status_code == 401


async def test_a_partners_owner_applies_and_looks_as_a_visitor(
    http: ClientFor, network: Network, runtime: Runtime, headquarters: Any
) -> None:
    owner = await http((await network.partner()).owner)
    receipt = await apply(owner, runtime)
    assert await id_of(headquarters, receipt["number"])
    assert (await owner.get("/api/v1/directory")).status_code == 200


async def test_an_unknown_status_link_opens_nothing(visitor: Any) -> None:
    assert (await visitor.get(f"{APPLICATIONS}/status/{'x' * 43}")).status_code == 404
