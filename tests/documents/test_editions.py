"""The document kit by a kind of its own: numbers without gaps, editions that stay, one signature, one letter."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.desk.tickets.models import ServiceReport, Visit
from app.platform.documents import (
    DocumentKind,
    Layout,
    Signing,
    content_hash,
    edition_notice,
    editions_of,
    newest_edition,
    printable,
    sign,
    up_to_date,
)
from app.platform.documents.errors import AlreadySigned, ContentMismatch
from app.platform.documents.printing import printed
from app.platform.files import file_store_of
from app.platform.kernel.actor import Actor
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Addressee, write_to
from app.platform.notifications.models import Delivery
from tests.conftest import START, ClientFor
from tests.documents.pdf_reading import text_of
from tests.factories.network import Network, PartnerCompany
from tests.factories.signature import strokes

pytestmark = pytest.mark.usefixtures("monday_morning")


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: str
    version: int
    words: str


class OfferOfLater(Offer, frozen=True, kw_only=True, omit_defaults=True):
    remark: str = ""


@dataclass
class Scene:
    runtime: Runtime
    partner: PartnerCompany
    kind: DocumentKind[Offer, ServiceReport]
    visit_id: UUID

    async def offered(self, words: str, by: Actor | None = None) -> ServiceReport:
        """The newest edition after the records say `words`."""
        async with self.runtime.units_of_work.begin(by or self.partner.dispatcher) as work:
            return await self.made(work, words)

    async def made(self, work: UnitOfWork, words: str) -> ServiceReport:
        visit = await work.session.get_one(Visit, (self.partner.id, self.visit_id))

        async def compose(number: str, edition: int) -> Offer:
            return Offer(number=number, version=edition, words=words)

        columns = {name: getattr(visit, name) for name in ("client_id", "reporter_id", "ticket_id")}
        return await up_to_date(work, self.kind, {**columns, "visit_id": visit.id}, compose)

    async def signed(self, shown: str, *, by: Actor, name: str = "李静") -> bool:
        """Whether the signature was put under the newest edition now."""
        async with self.runtime.units_of_work.begin(by) as work:
            edition = await newest_edition(work.session, self.kind, self.visit_id, locked=True)
            assert edition is not None
            signing = Signing(name=name, content_hash=shown, image=strokes())
            return await sign(work, file_store_of(self.runtime), self.kind, edition, signing)

    async def drawn(self) -> bytes:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            edition = await newest_edition(work.session, self.kind, self.visit_id)
            assert edition is not None
            found = await printable(work.session, self.kind, edition)
        return await printed(found, file_store_of(self.runtime))


@pytest.fixture
async def scene(runtime: Runtime, network: Network, http: ClientFor, tmp_path: Path) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    engineer = await network.engineer(partner)
    fault = {"subject": "开不了机", "device_id": str(device_id)}
    ticket = await (await http(reporter)).post("/api/v1/tickets", json=fault)
    plan = {
        "engineer_id": str(engineer.membership_id),
        "scheduled_start": (START + timedelta(hours=1)).isoformat(),
        "scheduled_end": (START + timedelta(hours=2)).isoformat(),
    }
    dispatcher = await http(partner.dispatcher)
    assigned = await dispatcher.post(f"/api/v1/tickets/{ticket.json()['id']}/assignments", json=plan)
    template = tmp_path / "offer.typ"
    template.write_text('#import "layout.typ": *\n#show: house\n#data.words\n\n#data.signed', encoding="utf-8")
    kind = DocumentKind(
        name="service_report",
        rows=ServiceReport,
        about=ServiceReport.visit_id,
        content=Offer,
        layout=Layout(
            template=template,
            page=lambda offer, print_: {
                "words": offer.words,
                "signed": print_.signature.name if print_.signature else "",
            },
        ),
        prefix="OF",
        period=Period.YEAR,
        follows_records=False,
    )
    return Scene(runtime, partner, kind, UUID(assigned.json()["visit_id"]))


async def test_numbers_of_a_year_have_no_gaps_however_many_ask_at_once(scene: Scene) -> None:
    async def numbered(day: date, *, commits: bool = True) -> str:
        async with scene.runtime.units_of_work.begin(scene.partner.dispatcher) as work:
            found = await next_number(work.session, work.actor, "IN", day, Period.YEAR)
            if not commits:
                await work.session.execute(text("SELECT 1 / 0"))
        return found

    asked = [numbered(date(2026, 1 + each % 12, 1), commits=each % 4 != 0) for each in range(20)]
    given_out = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(each for each in given_out if isinstance(each, str)) == [
        f"IN-2026-{each:06}" for each in range(1, 16)
    ]
    assert await numbered(date(2027, 1, 1)) == "IN-2027-000001"


async def test_every_change_of_what_was_offered_is_a_new_edition_under_the_same_number(scene: Scene) -> None:
    first, again = await scene.offered("每月 1,000 元"), await scene.offered("每月 1,000 元")
    second = await scene.offered("每月 900 元")
    assert (first.id, first.number, first.edition) == (again.id, "OF-2026-000001", 1)
    assert (second.number, second.edition) == (first.number, 2)
    async with scene.runtime.units_of_work.begin(scene.partner.system) as work:
        editions = await editions_of(work.session, scene.kind, scene.visit_id)
    assert [each.content["words"] for each in editions] == ["每月 1,000 元", "每月 900 元"]


async def test_a_signature_is_for_what_was_shown_once_and_says_who_asked(scene: Scene) -> None:
    offer = await scene.offered("每月 1,000 元")
    with pytest.raises(ContentMismatch):
        await scene.signed("0" * 64, by=scene.partner.dispatcher)
    assert await scene.signed(offer.content_hash, by=scene.partner.dispatcher)
    assert not await scene.signed(offer.content_hash, by=scene.partner.dispatcher)
    for by, name in ((scene.partner.owner, "李静"), (scene.partner.dispatcher, "张伟")):
        with pytest.raises(AlreadySigned):
            await scene.signed(offer.content_hash, by=by, name=name)
    signed = await scene.offered("每月 1,000 元")
    assert (signed.signed_by, signed.signature_requested_by) == ("李静", scene.partner.dispatcher.display_name)


async def test_an_edition_is_drawn_again_with_the_same_bytes(scene: Scene) -> None:
    offer = await scene.offered("每月 1,000 元")
    await scene.signed(offer.content_hash, by=scene.partner.dispatcher)
    paper = await scene.drawn()
    assert paper == await scene.drawn()
    assert "每月 1,000 元" in text_of(paper)
    assert "李静" in text_of(paper)


async def test_whoever_got_an_edition_does_not_get_it_again_and_the_delivery_log_tells(scene: Scene) -> None:
    finance = [Addressee("finance@example.com"), Addressee("boss@example.com", "en")]
    for words in ("每月 1,000 元", "每月 1,000 元", "每月 900 元"):
        async with scene.runtime.units_of_work.begin(scene.partner.dispatcher) as work:
            offer = await scene.made(work, words)
            notice = edition_notice(scene.kind, offer.id, "报价 %(number)s", "/portal/offers", {"number": offer.number})
            await write_to(work, finance, notice, public_url="https://example.com")
    async with scene.runtime.units_of_work.begin(scene.partner.system) as work:
        sent = await work.session.execute(
            select(Delivery.address, func.count())
            .where(Delivery.subject.contains("OF-2026-"))
            .group_by(Delivery.address)
        )
        assert {row[0]: row[1] for row in sent} == {"finance@example.com": 2, "boss@example.com": 2}


@settings(max_examples=40)
@given(st.text(), st.integers(1, 99))
def test_the_hash_survives_storage_and_a_field_added_later_and_tells_any_change(words: str, version: int) -> None:
    offer = Offer(number="OF-2026-000001", version=version, words=words)
    stored = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(offer)), type=OfferOfLater)
    assert content_hash(stored) == content_hash(offer)
    assert content_hash(msgspec.structs.replace(offer, words=f"{words}.")) != content_hash(offer)
