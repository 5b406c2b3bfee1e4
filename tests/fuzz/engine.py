"""Schemathesis over the application's own OpenAPI document.

Requests are drawn once, against nobody, and then sent as each kind of actor: drawing costs more than answering. Links
are followed by the engine itself, whose next request depends on the last answer.

The engine calls the application on an event loop of its own, in a thread beside the test's loop.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import schemathesis
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from schemathesis import Case, HookContext
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.schemas import BaseSchema

DOCUMENT = "/api/openapi.json"
FORM = "multipart/form-data"
SEED = int(os.environ.get("YINGHUO_FUZZ_SEED", "20261116"))
"""The same each time; `./run search` takes another."""
NOT_ASKED = {
    "positive_data_acceptance": "the document cannot tell every rule of the business: a credit code's check digit",
    "ignored_auth": "whoever acts is put in front of the application here, beyond the engine's reach",
    "use_after_free": "nothing is deleted here: what has ended is refused and may still be read",
    "ensure_resource_availability": "what one has made may be taken away by another step of the same run",
}
"""Checks of the engine that do not fit, and why."""


@dataclass(frozen=True)
class Effort:
    """How much is tried: requests for each operation, whether boundaries are tried one by one, and runs along links."""

    examples: int
    boundaries: bool
    runs: int
    steps: int

    def configuration(self, *phases: str, checked: bool = True) -> dict[str, Any]:
        """The engine's configuration for some of its phases; `checked` says whether it looks at the answers."""
        every = ("examples", "coverage", "fuzzing", "stateful")
        wanted: dict[str, dict[str, Any]] = {phase: {"enabled": phase in phases} for phase in every}
        wanted["stateful"] |= {"max-steps": self.steps}
        return {
            "seed": SEED,
            "generation": {
                "deterministic": True,
                "max-examples": self.runs if "stateful" in phases else self.examples,
                "no-shrink": True,
                "database": "none",
                "with-security-parameters": False,
            },
            "checks": {name: {"enabled": False} for name in NOT_ASKED} if checked else {"enabled": False},
            "phases": wanted,
        }


class Caller:
    """The application as one actor meets it: every request is signed, and answers are counted by status.

    A session that has ended is followed by a new one, as people do.
    """

    def __init__(self, application: ASGIApp, sign_in: Callable[[], Awaitable[str | None]]) -> None:
        self.statuses: Counter[int] = Counter()
        self._application = application
        self._sign_in = sign_in
        self._loop = asyncio.get_running_loop()
        self._token: str | None = None
        self._stale = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._application(scope, receive, send)
            return
        if self._stale:
            signed_in = asyncio.run_coroutine_threadsafe(self._ask(), self._loop)
            self._token, self._stale = await asyncio.wrap_future(signed_in), False
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        if self._token is not None:
            headers.append((b"authorization", f"Bearer {self._token}".encode()))
        scope["headers"] = headers

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
                self._stale = message["status"] == 401 and self._token is not None
            await send(message)

        await self._application(scope, receive, counted)

    async def _ask(self) -> str | None:
        return await self._sign_in()


@dataclass
class Findings:
    """Sentences on what is wrong, each once, with a request that shows it."""

    sentences: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, failure: Failure, request: str) -> None:
        """One more, unless something like it was told already."""
        sentence = f"{label}: {failure.title}\n{failure.message}"
        self.sentences.setdefault(sentence[:300], f"{sentence}\n{request}")

    def __str__(self) -> str:
        return "\n\n".join(self.sentences.values())


def document_of(application: ASGIApp, configuration: dict[str, Any]) -> BaseSchema:
    """The document as the application serves it."""
    config = SchemathesisConfig.from_dict(configuration)
    return schemathesis.openapi.from_asgi(DOCUMENT, application, config=config)


def drawn(document: bytes, effort: Effort) -> list[Case[Any]]:
    """Requests for every operation of `document`: such as it describes, and such as it forbids."""
    phases = ("coverage", "fuzzing") if effort.boundaries else ("fuzzing",)
    schema = document_of(_nobody(document), effort.configuration(*phases, checked=False))
    cases: list[Case[Any]] = []
    for event in from_schema(schema).execute():
        _raise_errors(event)
        if isinstance(event, events.ScenarioFinished):
            cases += [node.value for node in event.recorder.cases.values()]
    shutdown_lifespans()
    return cases


def sent(cases: Iterable[Case[Any]], caller: Caller, known: Mapping[str, UUID]) -> Findings:
    """Send `cases`; most ids in them are replaced by such as exist."""
    load_all_checks()
    findings = Findings()
    for case in cases:
        # What is no text becomes text on its way through a form: nothing is left there that the document forbids.
        passed_over = {*NOT_ASKED, "negative_data_rejection"} if case.media_type == FORM else NOT_ASKED
        checks: Any = [check for check in CHECKS.get_all() if check.__name__ not in passed_over]
        with_known_records(case, known)
        case.operation.app = caller
        response = case.call()
        try:
            case.validate_response(response, checks=checks)
        except FailureGroup as group:
            for failure in group.exceptions:
                findings.add(case.operation.label, failure, case.as_curl_command())
    return findings


def followed(caller: Caller, effort: Effort, known: Mapping[str, UUID]) -> Findings:
    """Follow the document's links from answer to request."""
    schema = document_of(caller, effort.configuration("stateful"))
    findings = Findings()

    @schema.hook("map_case")
    def meet_records(context: HookContext, case: Case[Any]) -> Case[Any]:
        with_known_records(case, known)
        return case

    for event in from_schema(schema).execute():
        _raise_errors(event)
        if not isinstance(event, events.ScenarioFinished):
            continue
        for case_id, checks in event.recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    label = event.recorder.cases[case_id].value.operation.label
                    findings.add(label, check.failure_info.failure, check.failure_info.code_sample)
    return findings


def with_known_records(case: Case[Any], known: Mapping[str, UUID]) -> None:
    """Three of four ids become such as exist, and as many versions the first: a stranger's are all refused alike."""
    for name, value in (case.path_parameters or {}).items():
        key = name
        if name == "record_id":
            key = case.operation.path.partition("{record_id}")[0].rstrip("/").rsplit("/", 1)[1]
        case.path_parameters[name] = _known(key, value, known)
    if isinstance(case.query, dict):
        case.query = {name: _known(name, value, known) for name, value in case.query.items()}
    case.body = _with_known(case.body, known)


def _with_known(body: Any, known: Mapping[str, UUID]) -> Any:
    match body:
        case dict():
            return {name: _known(name, _with_known(value, known), known) for name, value in body.items()}
        case list():
            return [_with_known(value, known) for value in body]
        case _:
            return body


def _known(name: Any, value: Any, known: Mapping[str, UUID]) -> Any:
    if name == "version" and isinstance(value, int) and value % 4:
        return 1
    if isinstance(value, list) and str(name).endswith("_ids"):
        return [_known(str(name)[:-1], one, known) for one in value]
    record = known.get(str(name)) or known.get(f"{str(name).removesuffix('_id')}s")
    if record is None or not isinstance(value, str):
        return value
    try:
        return str(record) if UUID(value).int % 4 else value
    except ValueError:
        return value


def _nobody(document: bytes) -> ASGIApp:
    """Serves the document, and nothing else."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while scope["type"] == "lifespan":
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
        asked = scope["path"] == DOCUMENT
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200 if asked else 404, "headers": headers})
        await send({"type": "http.response.body", "body": document if asked else b"", "more_body": False})

    return application


def _raise_errors(event: events.EngineEvent) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        raise event.value
