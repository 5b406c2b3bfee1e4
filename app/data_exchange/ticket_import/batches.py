"""One batch of tickets of a log: the outcome of each is decided, then all are written together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from app.agreements.sla import NoServiceTerms, terms_in_force, terms_of_versions
from app.data_exchange.ticket_import.drafts import Draft, Drafter
from app.data_exchange.ticket_import.errors import ImportConflict, ModifiedSinceImport
from app.data_exchange.ticket_import.incremental import ExistingTicket, Extension, plan_extension, read_existing
from app.data_exchange.ticket_import.log_file import Group, normalise_number
from app.data_exchange.ticket_import.mapping import Mapping, Shape
from app.data_exchange.ticket_import.models import ImportedTicket, ImportOutcome, TicketImport
from app.data_exchange.ticket_import.name_resolver import NameResolver
from app.data_exchange.ticket_import.native_format import StepDrafter, native_timeline
from app.data_exchange.ticket_import.timelines import AppliedTerms, ResolvedNames, timeline_of
from app.data_exchange.ticket_import.times import TimeReader
from app.desk.surveys import replay_answers
from app.desk.tickets import TicketsReplayed
from app.desk.tickets.replay import Replay, ReplayedTicket, TicketRows, TicketTimeline
from app.platform.kernel.errors import DomainError
from app.platform.kernel.invariants import present
from app.platform.kernel.performance import RowValues, insert_rows
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork


class Result(StrEnum):
    """Outcome of one ticket of the log."""

    NEW = "new"
    EXTENDED = "extended"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


RESULT_NAMES: Final = {
    Result.NEW: N_("新导入"),
    Result.EXTENDED: N_("补充"),
    Result.UNCHANGED: N_("没有变化"),
    Result.REFUSED: N_("没有导入"),
}


class _Decided(msgspec.Struct):
    """Working state of one ticket of the batch."""

    draft: Draft
    result: Result = Result.REFUSED
    client_id: UUID | None = None
    resolved: ResolvedNames | None = None
    timeline: TicketTimeline | None = None
    rows: TicketRows | None = None
    ticket_id: UUID | None = None
    extension: Extension | None = None


class Batch:
    """One batch of one import, in one unit of work. Without `writing` it is a dry run."""

    def __init__(
        self, work: UnitOfWork, run: TicketImport, mapping: Mapping, zone: ZoneInfo | None, *, writing: bool
    ) -> None:
        self._work = work
        self._run = run
        self._mapping = mapping
        self._writing = writing
        self._replay = Replay(work)
        self._name_resolver = NameResolver(work, run.source, run.client_id)
        self._terms: dict[UUID, AppliedTerms | None] = {}
        self._drafter: Drafter | StepDrafter
        if mapping.shape is Shape.STEPS:
            self._drafter = StepDrafter(mapping, work.now)
        else:
            self._drafter = Drafter(mapping, TimeReader(mapping.time_formats, zone), work.now)

    async def take(self, groups: Sequence[Group], position: int) -> Counter[str]:
        """Decide every ticket, write unless it is a dry run, and store the report; returns counts by outcome."""
        decided = [_Decided(self._drafter.draft(group)) for group in groups]
        await self._name_resolver.load([each.draft for each in decided])
        known = await self._known(each.draft for each in decided)
        for each in decided:
            await self._decide(each, known.get(normalise_number(each.draft.number)))
        if self._writing:
            await self._write(decided)
        await self._report(decided, position)
        return _counts(decided)

    async def _known(self, drafts: Iterable[Draft]) -> MappingOf[str, ImportedTicket]:
        keys = {normalise_number(draft.number) for draft in drafts if draft.digests}
        found = await self._work.session.scalars(
            select(ImportedTicket).where(ImportedTicket.source == self._run.source, ImportedTicket.number_key.in_(keys))
        )
        return {ticket.number_key: ticket for ticket in found}

    async def _decide(self, each: _Decided, known: ImportedTicket | None) -> None:
        draft = each.draft
        if not draft.digests:
            return
        client_id = self._name_resolver.client_of(draft)
        if client_id is None:
            if draft.client:
                draft.report.refuse_all("client_unknown", word=draft.client)
            else:
                draft.report.refuse_all("client_missing")
            return
        each.client_id = client_id
        applied_terms = await self._applied_terms(client_id)
        if applied_terms is None:
            draft.report.refuse_all("no_terms")
            return
        if known is None:
            each.result = Result.NEW
            each.resolved = self._name_resolver.resolve(draft, client_id)
        elif not self._compare(each, known):
            return
        await self._compute_rows(each, applied_terms, known)

    def _compare(self, each: _Decided, known: ImportedTicket) -> bool:
        """Compare the draft with what was imported before; returns whether there is something to add."""
        draft, taken = each.draft, known.taken["digests"]
        each.ticket_id = known.ticket_id
        if known.client_id != each.client_id or not _begins(draft.digests, taken):
            draft.report.refuse_all("known_otherwise")
            return False
        if len(draft.digests) <= len(taken):
            each.result = Result.UNCHANGED
            draft.report.note_all("unchanged")
            return False
        each.result = Result.EXTENDED
        engineers = {name: UUID(id_) for name, id_ in known.taken["engineers"].items()}
        resolved = self._name_resolver.resolve(draft, known.client_id)
        # What was imported stays as it was: names recognised since count for new rows only.
        earlier = known.taken["names"]
        resolved_now = {name: id_ for name, id_ in resolved.engineers.items() if name not in earlier}
        each.resolved = msgspec.structs.replace(resolved, engineers=engineers | resolved_now)
        return True

    async def _compute_rows(self, each: _Decided, applied_terms: AppliedTerms, known: ImportedTicket | None) -> None:
        draft = each.draft
        resolved = present(each.resolved, "names are resolved before")
        existing = ExistingTicket(None, None) if known is None else await read_existing(self._work, known.ticket_id)
        if draft.native is None:
            each.timeline = timeline_of(
                draft, resolved, self._mapping, applied_terms, cancelled_at=existing.cancelled_at
            )
        else:
            each.timeline = native_timeline(draft, resolved, applied_terms)
        try:
            each.rows = await self._replay.compute_rows(each.timeline, behind=existing.last_line)
            if known is not None:
                each.extension = await plan_extension(self._work, known, each.timeline, each.rows)
                for row in draft.digest_rows[len(known.taken["digests"]) :]:
                    draft.report.say(row, "extended")
        except ImportConflict:
            each.result = Result.REFUSED
            draft.report.refuse_all("known_otherwise")
        except ModifiedSinceImport:
            each.result = Result.REFUSED
            draft.report.refuse_all("changed_here")
        except DomainError as refused:
            each.result = Result.REFUSED
            reason = translator(SOURCE_LANGUAGE)(refused.text, **refused.parameters)
            draft.report.refuse_all("rules", reason=reason)

    async def _applied_terms(self, client_id: UUID) -> AppliedTerms | None:
        if client_id not in self._terms:
            self._terms[client_id] = await self._current_terms(client_id)
        return self._terms[client_id]

    async def _current_terms(self, client_id: UUID) -> AppliedTerms | None:
        session, policy, calendar = self._work.session, self._run.policy_version_id, self._run.calendar_version_id
        try:
            if policy is None or calendar is None:
                in_force = await terms_in_force(session, self._work.tenant_id, client_id)
                policy, calendar = policy or in_force.policy_version_id, calendar or in_force.calendar_version_id
            terms = await terms_of_versions(session, policy, calendar)
        except NoServiceTerms:
            return None
        return AppliedTerms(terms.policy_version_id, terms.calendar_version_id, terms.policy)

    # --- writing -------------------------------------------------------------------------------

    async def _write(self, decided: Sequence[_Decided]) -> None:
        await self._write_new([each for each in decided if each.result is Result.NEW])
        extended = [each for each in decided if each.result is Result.EXTENDED]
        for each in extended:
            if each.extension is not None and each.timeline is not None:
                await each.extension.write(self._work, _fingerprint(each))
        if extended:
            ids = tuple(each.ticket_id for each in extended if each.ticket_id is not None)
            self._work.publish(TicketsReplayed(ticket_ids=ids))

    async def _write_new(self, new: Sequence[_Decided]) -> None:
        if not new:
            return
        timelines = [each.timeline for each in new if each.timeline is not None]
        written = await self._replay.store(timelines, [each.rows for each in new if each.rows is not None])
        await replay_answers(self._work, written)
        rows = []
        for each, ticket in zip(new, written, strict=True):
            each.ticket_id = ticket.id
            rows.append(self._imported_ticket(each, ticket))
        await insert_rows(self._work.session, ImportedTicket, rows)

    def _imported_ticket(self, each: _Decided, ticket: ReplayedTicket) -> RowValues:
        draft, client_id = each.draft, ticket.timeline.client_id
        name_rows = self._name_resolver.name_rows(draft, client_id)
        return {
            "id": self._work.new_id(),
            "client_id": client_id,
            "source": self._run.source,
            "external_number": draft.number,
            "number_key": normalise_number(draft.number),
            "ticket_id": ticket.id,
            "import_id": self._run.id,
            "ticket_version": each.rows.ticket["version"] if each.rows else 1,
            "taken": _fingerprint(each),
            "device_name_id": name_rows.device,
            "caller_name_id": name_rows.caller,
            "engineer_name_id": name_rows.engineer,
        }

    async def _report(self, decided: Sequence[_Decided], position: int) -> None:
        rows = [
            {
                "id": self._work.new_id(),
                "import_id": self._run.id,
                "sequence": position + place,
                "external_number": each.draft.number,
                "ticket_id": each.ticket_id,
                "result": each.result,
                "rows": msgspec.to_builtins(each.draft.report.rows()),
            }
            for place, each in enumerate(decided)
        ]
        await insert_rows(self._work.session, ImportOutcome, rows)


def _begins(digests: Sequence[str], taken: Sequence[str]) -> bool:
    """Whether one of the two is a prefix of the other."""
    shorter = min(len(digests), len(taken))
    return list(digests[:shorter]) == list(taken[:shorter])


def _fingerprint(each: _Decided) -> RowValues:
    engineers = each.resolved.engineers if each.resolved else {}
    return {
        "digests": each.draft.digests,
        "engineers": {name: str(id_) for name, id_ in engineers.items()},
        "names": list(each.draft.engineers),
    }


def _counts(decided: Sequence[_Decided]) -> Counter[str]:
    """Numbers of tickets by result and of rows by outcome."""
    counts = Counter(f"tickets_{each.result}" for each in decided)
    counts.update(f"rows_{row.outcome}" for each in decided for row in each.draft.report.rows())
    return counts
