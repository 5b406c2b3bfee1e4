"""One thing, one word: what the navigation calls a place, its page calls itself, in heading and title."""

import re
from html import unescape

import pytest

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.texts import translator
from app.portals.layout.navigation import navigation_of
from tests.conftest import ClientFor
from tests.factories.network import Network

ANSWERS_INSTEAD = {"/portal"}
"""Pages whose heading is the answer that people come for; their title still says the place."""


@pytest.fixture(scope="module")
async def people(network: Network) -> list[Actor]:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    contact = await network.member(partner.id, "许工", ["client_contact"], client.id)
    headquarters = await network.member(HQ_TENANT_ID, "总部管理员", ["hq_administrator", "hq_quality_officer"])
    return [partner.owner, partner.dispatcher, contact, headquarters]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_page_calls_itself_what_the_navigation_calls_it(
    people: list[Actor], http: ClientFor, language: str
) -> None:
    _ = translator(language)
    otherwise = []
    for person in people:
        by = await http(person)
        by.cookies.set("language", language)
        for place in navigation_of(person):
            answer = await by.get(place.href, follow_redirects=True)
            assert answer.status_code == 200, place.href
            word, text = _(place.label), answer.text
            heading = _words(text, r"<h1[^>]*>(.*?)</h1>")
            title = _words(text, r"<title>(.*?)</title>").split(" · ")[0]
            named = [title] if place.href in ANSWERS_INSTEAD else [heading, title]
            otherwise += [(place.href, word, each) for each in named if each != word]
    assert otherwise == []


def _words(page: str, pattern: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""
