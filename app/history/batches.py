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

from app.history.courses import Meant, Promised, course_of
from app.history.directory import Directory
from app.history.drafts import Draft, Drafter
from app.history.errors import ChangedHere, KnownOtherwise
from app.history.extending import Extension, Stands, plan_extension, what_stands
from app.history.mapping import Mapping, Shape
from app.history.models import HistoryImport, HistoryOutcome, HistoryTicket
from app.history.reading import Group, normalised
from app.history.times import TimeReader
from app.history.told import StepDrafter, told_course
from app.kernel.bulk import Values, insert_rows
from app.kernel.errors import DomainError
from app.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.kernel.work import UnitOfWork
from app.quality import replay_answers
from app.sla.promises import NoServiceTerms, terms_in_force, terms_of_versions
from app.tickets.events import TicketsReplayed
from app.tickets.replay import Replay, ReplayedTicket, TicketCourse
from app.tickets.replay.draft import TicketRows


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
    meant: Meant | None = None
    course: TicketCourse | None = None
    rows: TicketRows | None = None
    ticket_id: UUID | None = None
    extension: Extension | None = None


class Batch:
    """One batch of one import, in one unit of work. Without `writing` it is a dry run."""

    def __init__(
        self, work: UnitOfWork, run: HistoryImport, mapping: Mapping, zone: ZoneInfo | None, *, writing: bool
    ) -> None:
        self._work = work
        self._run = run
        self._mapping = mapping
        self._writing = writing
        self._replay = Replay(work)
        self._directory = Directory(work, run.source, run.client_id)
        self._terms: dict[UUID, Promised | None] = {}
        self._drafter: Drafter | StepDrafter
        if mapping.shape is Shape.STEPS:
            self._drafter = StepDrafter(mapping, work.now)
        else:
            self._drafter = Drafter(mapping, TimeReader(mapping.time_formats, zone), work.now)

    async def take(self, groups: Sequence[Group], position: int) -> Counter[str]:
        """Decide every ticket, write unless it is a dry run, and store the report; returns counts by outcome."""
        decided = [_Decided(self._drafter.draft(group)) for group in groups]
        await self._directory.load([each.draft for each in decided])
        known = await self._known(each.draft for each in decided)
        for each in decided:
            await self._decide(each, known.get(normalised(each.draft.number)))
        if self._writing:
            await self._write(decided)
        await self._report(decided, position)
        return _counts(decided)

    async def _known(self, drafts: Iterable[Draft]) -> MappingOf[str, HistoryTicket]:
        keys = {normalised(draft.number) for draft in drafts if draft.digests}
        found = await self._work.session.scalars(
            select(HistoryTicket).where(HistoryTicket.source == self._run.source, HistoryTicket.number_key.in_(keys))
        )
        return {ticket.number_key: ticket for ticket in found}

    async def _decide(self, each: _Decided, known: HistoryTicket | None) -> None:
        draft = each.draft
        if not draft.digests:
            return
        client_id = self._directory.client_of(draft)
        if client_id is None:
            if draft.client:
                draft.report.refuse_all("client_unknown", word=draft.client)
            else:
                draft.report.refuse_all("client_missing")
            return
        each.client_id = client_id
        promised = await self._promised(client_id)
        if promised is None:
            draft.report.refuse_all("no_terms")
            return
        if known is None:
            each.result = Result.NEW
            each.meant = self._directory.meant(draft, client_id)
        elif not self._compare(each, known):
            return
        await self._work_out(each, promised, known)

    def _compare(self, each: _Decided, known: HistoryTicket) -> bool:
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
        meant = self._directory.meant(draft, known.client_id)
        # What was imported stays as it was: names recognised since count for new rows only.
        earlier = known.taken["names"]
        meant_now = {name: id_ for name, id_ in meant.engineers.items() if name not in earlier}
        each.meant = msgspec.structs.replace(meant, engineers=engineers | meant_now)
        return True

    async def _work_out(self, each: _Decided, promised: Promised, known: HistoryTicket | None) -> None:
        draft = each.draft
        assert each.meant is not None  # noqa: S101 - names are resolved before
        stands = Stands(None, None) if known is None else await what_stands(self._work, known.ticket_id)
        if draft.told is None:
            each.course = course_of(draft, each.meant, self._mapping, promised, cancelled_at=stands.cancelled_at)
        else:
            each.course = told_course(draft, each.meant, promised)
        try:
            each.rows = await self._replay.work_out(each.course, behind=stands.last_line)
            if known is not None:
                each.extension = await plan_extension(self._work, known, each.course, each.rows)
                for row in draft.told_in[len(known.taken["digests"]) :]:
                    draft.report.say(row, "extended")
        except KnownOtherwise:
            each.result = Result.REFUSED
            draft.report.refuse_all("known_otherwise")
        except ChangedHere:
            each.result = Result.REFUSED
            draft.report.refuse_all("changed_here")
        except DomainError as refused:
            each.result = Result.REFUSED
            reason = translator(SOURCE_LANGUAGE)(refused.text, **refused.parameters)
            draft.report.refuse_all("rules", reason=reason)

    async def _promised(self, client_id: UUID) -> Promised | None:
        if client_id not in self._terms:
            self._terms[client_id] = await self._promised_now(client_id)
        return self._terms[client_id]

    async def _promised_now(self, client_id: UUID) -> Promised | None:
        session, policy, calendar = self._work.session, self._run.policy_version_id, self._run.calendar_version_id
        try:
            if policy is None or calendar is None:
                in_force = await terms_in_force(session, self._work.tenant_id, client_id)
                policy, calendar = policy or in_force.policy_version_id, calendar or in_force.calendar_version_id
            terms = await terms_of_versions(session, policy, calendar)
        except NoServiceTerms:
            return None
        return Promised(terms.policy_version_id, terms.calendar_version_id, terms.policy)

    # --- writing -------------------------------------------------------------------------------

    async def _write(self, decided: Sequence[_Decided]) -> None:
        await self._write_new([each for each in decided if each.result is Result.NEW])
        extended = [each for each in decided if each.result is Result.EXTENDED]
        for each in extended:
            if each.extension is not None and each.course is not None:
                await each.extension.write(self._work, _taken(each))
        if extended:
            ids = tuple(each.ticket_id for each in extended if each.ticket_id is not None)
            self._work.publish(TicketsReplayed(ticket_ids=ids))

    async def _write_new(self, new: Sequence[_Decided]) -> None:
        if not new:
            return
        courses = [each.course for each in new if each.course is not None]
        written = await self._replay.store(courses, [each.rows for each in new if each.rows is not None])
        await replay_answers(self._work, written)
        rows = []
        for each, ticket in zip(new, written, strict=True):
            each.ticket_id = ticket.id
            rows.append(self._remembered(each, ticket))
        await insert_rows(self._work.session, HistoryTicket, rows)

    def _remembered(self, each: _Decided, ticket: ReplayedTicket) -> Values:
        draft, client_id = each.draft, ticket.course.client_id
        named = self._directory.named(draft, client_id)
        return {
            "id": self._work.new_id(),
            "client_id": client_id,
            "source": self._run.source,
            "external_number": draft.number,
            "number_key": normalised(draft.number),
            "ticket_id": ticket.id,
            "import_id": self._run.id,
            "ticket_version": each.rows.ticket["version"] if each.rows else 1,
            "taken": _taken(each),
            "device_name_id": named.device,
            "caller_name_id": named.caller,
            "engineer_name_id": named.engineer,
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
        await insert_rows(self._work.session, HistoryOutcome, rows)


def _begins(digests: Sequence[str], taken: Sequence[str]) -> bool:
    """Whether one of the two is a prefix of the other."""
    shorter = min(len(digests), len(taken))
    return list(digests[:shorter]) == list(taken[:shorter])


def _taken(each: _Decided) -> Values:
    engineers = each.meant.engineers if each.meant else {}
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
