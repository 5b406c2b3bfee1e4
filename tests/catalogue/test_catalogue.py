"""The network's standard, adopted by a new tenant, and what an employee's six choices mean."""

from app.agreements.catalogue import (
    PRODUCT_CATEGORIES,
    SERVICE_CATEGORIES,
    SYMPTOM_NAMES,
    CatalogueService,
    Symptom,
    classify,
    provision_catalogue,
)
from app.agreements.catalogue.tasks import provision_for_new_partner
from app.agreements.sla import Impact, Urgency
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import Network


async def test_a_new_partner_finds_the_standard(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network
) -> None:
    partner, other = await network.partner(), await network.partner()
    await provision_for_new_partner(runtime, partner.id, new_id(), {})
    async with units_of_work.begin(partner.dispatcher) as work:
        found = await CatalogueService(work).catalogue()
    assert [each.code for each in found.service_categories] == [each.code for each in SERVICE_CATEGORIES]
    assert [each.code for each in found.product_categories] == [each.code for each in PRODUCT_CATEGORIES]
    assert {each.code for each in found.service_categories if each.separately_billed} == {
        "network_security",
        "data_recovery",
        "personalised",
        "website",
        "device_insurance",
    }
    async with units_of_work.begin(other.dispatcher) as work:
        assert (await CatalogueService(work).catalogue()).service_categories == []


async def test_provisioning_twice_changes_nothing(units_of_work: UnitOfWorkFactory, network: Network) -> None:
    partner = await network.partner()
    async with units_of_work.begin(partner.system) as work:
        await provision_catalogue(work)
        await provision_catalogue(work)
        found = await CatalogueService(work).catalogue()
    assert len(found.service_categories) == 13
    assert len(found.product_categories) == 7


async def test_a_reporter_reads_the_catalogue_of_the_own_partner(
    runtime: Runtime, network: Network, http: ClientFor
) -> None:
    partner = await network.partner()
    await provision_for_new_partner(runtime, partner.id, new_id(), {})
    _, reporter = await network.device(await network.client(partner))
    answer = await (await http(reporter)).get("/api/v1/catalogue")
    assert answer.status_code == 200
    assert answer.json()["service_categories"][0] == {
        "code": "software",
        "name": "软件服务",
        "separately_billed": False,
    }


def test_every_symptom_leads_to_categories_and_words_that_exist() -> None:
    services = {each.code for each in SERVICE_CATEGORIES}
    products = {each.code for each in PRODUCT_CATEGORIES}
    assert set(SYMPTOM_NAMES) == set(Symptom)
    for symptom in Symptom:
        guess = classify(symptom)
        assert guess.service_category in services
        assert guess.product_category in products
        assert guess.impact in set(Impact)
        assert guess.urgency in set(Urgency)


def test_what_does_not_start_is_the_device_itself() -> None:
    assert classify(Symptom.POWER, "laptop").product_category == "laptop"
    assert classify(Symptom.POWER, "printer").product_category == "peripheral"
    assert classify(Symptom.POWER, "other").product_category == "desktop"
    assert classify(Symptom.NETWORK, "laptop").product_category == "network"
