"""What an area declares about itself. Pure data: code is named, and imported by the process that runs it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from app.areas import PACKAGES
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.client_company import KeptOfClient, NeverOpen


class NavigationGroup(StrEnum):
    """The groups of a navigation, from the top."""

    DAILY = "daily"
    RECORDS = "records"
    BUSINESS = "business"
    QUALITY = "quality"
    SETTINGS = "settings"


class Waiting(NamedTuple):
    """What waits behind an entry of the navigation, as a number beside it.

    `counted` names a function `module:function` of the area, from actor and moment to a SELECT of one number; all that
    a person sees are counted in one statement. `label` says what is counted, `topic` the live updates after which it
    is counted again.
    """

    counted: str
    label: str
    topic: str


class NavigationEntry(NamedTuple):
    """One entry of a portal's navigation. `label` is the source text, `shortcut` the letter after g; entries of a group
    stand by `order`. Entries of the settings stand on the page of settings, `about` in a sentence.

    With `while_counted` the entry stands where its `waiting` counts something or nothing, and not where it gives no
    number at all: what somebody did not buy.

    `bar` is the entry's rank for the bar at the bottom of a phone: the first four that a person may open stand there.
    """

    portal: ActorKind
    group: NavigationGroup
    order: int
    key: str
    href: str
    label: str
    icon: str
    permission: str
    shortcut: str = ""
    about: str = ""
    bar: int = 0
    waiting: Waiting | None = None
    while_counted: bool = False


class StartingPoint(NamedTuple):
    """Something that can be begun from anywhere: an action of the command palette. `label` is the source text."""

    portal: ActorKind
    href: str
    label: str
    icon: str
    permission: str


class RecordTab(NamedTuple):
    """A tab on the page of a kind of record (empty: of every kind). `label` is the source text; `href` the tab's own
    address, in which `{base}` stands for the record's and `{id}` for its id. Tabs stand by `order`; the first, at
    `{base}`, is the page itself and needs no declaration."""

    record: str
    order: int
    key: str
    href: str
    label: str
    permission: str


class DeclaredPermission(NamedTuple):
    """A permission in words, and the system roles that hold it. A company-wide one is about all clients at once: a
    member who is limited to some clients loses it. Whoever holds one that `covers_company` works for all clients,
    unless they were limited to some by hand."""

    code: StrEnum
    label: str
    roles: tuple[str, ...]
    company_wide: bool = False
    covers_company: bool = False


class AuditGroup(NamedTuple):
    """What the audit log is narrowed by: a prefix of actions with its dot, and the records that belong to it if they
    are more than the one of that name."""

    prefix: str
    label: str
    records: tuple[str, ...] = ()


class Kept(StrEnum):
    """Why a table's rows have no retention rule."""

    UNTIL_DONE = "Goes by itself: a row leaves when its work is done, or is overwritten."
    WORK = "The record of the work itself, for as long as the tenant; erased with it, and a person's data on request."
    LATE_REPEATS = (
        "A phone that lay in a drawer may send its action years later, and must be answered as the first time."
    )
    EVIDENCE = "Evidence against whoever would deny it: who did what, who agreed to what, who was let in."
    ORIGIN = "Where records came from; one row for each list that somebody uploaded."
    SUMS = "Sums, one row for each day, month or ticket."
    ORGANISATION = "What an organisation is made of: it grows with people and places, not with use."
    OWN_JOB = "Stands outside the tenants, and is cleared by a daily job of its own."


class AboutPeople(StrEnum):
    """Whom the names and texts of a table are about, and what becomes of them."""

    ERASED = "Clients' employees: told and erased on request, by the area's personal_data.py."
    EVIDENCE = "Clients' employees: kept after an erasure, which the request's result says (kept_after_erasure)."
    COMPANIES = "People who speak for a company that works with us, as long as it does so."
    STAFF = "The company's own people: their names stay on the work they did, until the company's records are erased."
    ACCOUNTS = "Whoever signs in or applies, headquarters and partners: ends with the account or the membership."
    PASSING = "Whoever it was: deleted by its own rule or job before anybody needs to ask."
    NOBODY = "Things, not people."


@dataclass(frozen=True, kw_only=True)
class Area:
    """One area. Code is named `module:attribute`, relative to `package`."""

    package: str
    features: Mapping[str, str] = field(default_factory=dict)
    """Ids of the features that it builds, and where in the package to begin reading (empty: at its beginning)."""

    commands: tuple[str, ...] = ()
    """Commands of the command line (`app/cli/`) that run its use cases."""

    models: tuple[str, ...] = ()
    """Modules that map tables."""
    api: tuple[str, ...] = ()
    """Handlers of the JSON API."""
    pages: tuple[str, ...] = ()
    """Handlers of pages."""
    consumers: tuple[str, ...] = ()
    """`Consumers`: what it listens to."""
    sweeps: tuple[str, ...] = ()
    """`Sweeps`: what falls due."""
    daily_jobs: tuple[str, ...] = ()
    """Functions from the runtime to the `DailyJob`s."""
    long_jobs: Mapping[str, str] = field(default_factory=dict)
    """Kind of due work → its runner's class, made from the runtime and the tenant tables."""
    approvals: tuple[str, ...] = ()
    """`ApprovalSubject`s: what of its records waits for somebody's decision."""
    billable_work: tuple[str, ...] = ()
    """What work waits for before it may be finished as billable: functions of the unit of work and a ticket's id to the
    source text that says what is missing, or None (`app/desk/tickets/visits/goodwill.py`)."""
    file_subjects: Mapping[str, str] = field(default_factory=dict)
    """Kind of record that files hang on → who may read it."""
    record_numbers: Mapping[str, str] = field(default_factory=dict)
    """Kind of record that people know by a number → the numbers of some, for the audit log."""

    promised_targets: Mapping[str, str] = field(default_factory=dict)
    """Target that clocks measure → its label, in one word or two: what is promised."""
    promises: Mapping[str, str] = field(default_factory=dict)
    """Kind of record with promises → whom their thresholds reach, a function of the record and a reminder's word
    (docs/promises.md)."""

    rated_sources: tuple[str, ...] = ()
    """`RatedSource`s: what costs something by the day (`billing/rating/sources.py`)."""
    conditional_lines: tuple[str, ...] = ()
    """Which approved lines of a quote are not owed with the approval: functions of the unit of work and the quote's id
    to the ids of those that the area charges itself, by its own rule (`billing/rating/purchases.py`)."""
    charge_claims: tuple[str, ...] = ()
    """`ChargeClaims`: how to see which charges stand on a line of an invoice (`billing/rating/claims.py`)."""
    settlements: tuple[str, ...] = ()
    """`Settlements`: how to take back what settled a document (`billing/invoicing/settlements.py`)."""

    gateway_objects: Mapping[str, str] = field(default_factory=dict)
    """Kind of object that the payment provider keeps → what applies it as it is now: an async function of the unit of
    work and what was fetched (`billing/gateway/inbox.py`)."""

    operator_figures: tuple[str, ...] = ()
    """`OperatorFigure`s: what of it operators are told in figures (`app/platform/http/operator_figures.py`)."""

    permissions: tuple[DeclaredPermission, ...] = ()
    navigation: tuple[NavigationEntry, ...] = ()
    record_tabs: tuple[RecordTab, ...] = ()
    """Tabs that it draws on the pages of records, its own or those of areas below."""
    starting_points: tuple[StartingPoint, ...] = ()
    audit_groups: tuple[AuditGroup, ...] = ()
    audit_actions: Mapping[str, str] = field(default_factory=dict)
    """Audit action → its label."""
    audit_records: Mapping[str, str] = field(default_factory=dict)
    """Kind of record in the audit log → its label."""

    imports: Mapping[str, str] = field(default_factory=dict)
    """Kind of list that comes in → its `ImportKind` (docs/imports.md)."""

    retention: tuple[str, ...] = ()
    """`RetentionRule`s of tables whose rows are deleted when they are old enough."""
    clean_up: Mapping[str, str] = field(default_factory=dict)
    """What else is deleted once a day: in words → a function from runtime and tenant to a count."""
    kept: Mapping[Kept, tuple[str, ...]] = field(default_factory=dict)
    """Tables without a retention rule, by the reason."""
    personal_data: tuple[str, ...] = ()
    """Modules that tell and erase what is kept of a client's employee (`app/platform/kernel/personal_data.py`)."""
    about_people: Mapping[AboutPeople, tuple[str, ...]] = field(default_factory=dict)
    """Tables with names, addresses or texts that people wrote, by whom they are about."""
    kept_after_erasure: Mapping[str, str] = field(default_factory=dict)
    """Tables of `AboutPeople.EVIDENCE`, and of `ERASED` with rows that stay, with the reason that people are told."""
    open_for_people: tuple[str, ...] = ()
    """What of an employee's has to end before the person is erased: functions of the unit of work, the client's and the
    employee's ids to whether something runs."""
    open_matters: tuple[str, ...] = ()
    """`OpenMatter`s: what of a client's runs, waits or is owed, and has to end before its company is forgotten
    (`app/platform/kernel/client_company.py`)."""
    never_open: Mapping[NeverOpen, tuple[str, ...]] = field(default_factory=dict)
    """Tables with a client that no open matter looks at, by the reason."""
    client_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Table with a client → columns in which the company's names and addresses are replaced when it is forgotten."""
    forgotten_with_client: Mapping[str, str] = field(default_factory=dict)
    """Table with a client → the function that forgets its rows, from the `Company` to how many it changed."""
    kept_of_client: Mapping[str, KeptOfClient] = field(default_factory=dict)
    """Table with a client whose names stay when the company is forgotten → why."""
    not_archived: Mapping[str, str] = field(default_factory=dict)
    """Tables that a tenant's archive leaves out, with the reason."""
    about_a_partner: Mapping[str, str] = field(default_factory=dict)
    """Headquarters' own rows about one partner: table → the column that names the partner (or its application)."""
    names_at_headquarters: Mapping[str, str] = field(default_factory=dict)
    """Table → the statement that empties, in headquarters' (`$1`) rows about a partner (`$2`), the names and words of
    the partner's people. The numbers and what was decided stay."""

    def load(self, name: str) -> Any:
        """The module or attribute that `name` means."""
        module, _, attribute = name.partition(":")
        imported = import_module(f"{self.package}.{module}")
        return getattr(imported, attribute) if attribute else imported


@cache
def areas() -> tuple[Area, ...]:
    """Every area's declaration, in the order of the floors.

    Called inside functions only: a module that asked while it is imported would import areas above it half-way.
    """
    return tuple(import_module(f"{package}.area").AREA for package in PACKAGES)


def declared(kind: str) -> Iterator[Any]:
    """What all areas name under the field `kind`, imported."""
    for area in areas():
        for name in getattr(area, kind):
            yield area.load(name)


@cache
def gathered(kind: str) -> dict[str, str]:
    """The mappings that all areas declare under the field `kind`, in one."""
    return {key: value for area in areas() for key, value in getattr(area, kind).items()}
