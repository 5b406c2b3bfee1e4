"""`Idempotency-Key`: the same key from the same actor does the work once and answers the same again."""

import functools
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec
from litestar import Response
from litestar.datastructures import UploadFile
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.http.models import IdempotencyKey
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.context import as_platform

Address = TypeVar("Address", str, str | None)
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
HEADER = "idempotency-key"
REPLAY: Final = {"idempotent-replay": "true"}
"""The header of an answer that was given before."""
FORM_FIELD = "idempotency_key"
"""Hidden field of a form that is drawn with a new key each time (`new_form_key`): works without a script."""
_FORM_TYPES = ("multipart/", "application/x-www-form-urlencoded")
SHORTEST_KEY = 8
"""Characters below which a key could be guessed or meet another's."""
LONGEST_KEY = 80
ANSWER_LIFETIME = timedelta(days=1)
"""How long a repeated request gets the first one's answer."""


class KeyReused(Conflict):
    """The key was used for a different request."""

    code = "request.key_reused"
    text = N_("这个 Idempotency-Key 已用于另一个请求。")


_idempotent: set[Callable[..., Any]] = set()


def actor_key(actor: Actor) -> str:
    """The owner of a key: keys of different people never collide."""
    return f"{actor.kind}:{actor.membership_id or actor.reporter_id or ''}"


def idempotent(status: int = 201) -> Callable[[Handler], Handler]:
    """Decorate a JSON handler that has `request` and `work` parameters and returns a struct.

    The kept answer is written in the same transaction as the change, so both exist or neither. The same key at the
    same moment waits for the first answer: two answers never race for the row.

    Raises:
        KeyReused: the same key came with another body, or from somebody who may now see more or less than then.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def once(*args: Any, **kwargs: Any) -> Any:
            request: WebRequest = kwargs["request"]
            work: UnitOfWork = kwargs["work"]
            key = key_of(request)
            if key is None:
                return await handler(*args, **kwargs)
            fingerprint = _with_rights(await fingerprint_of(request), work.actor)
            if not await _claim(work, key, fingerprint, status):
                kept = await _find(work, key)
                if kept is None or kept.request_hash != fingerprint:
                    raise KeyReused
                return Response(
                    kept.body,
                    status_code=kept.status,
                    media_type="application/json",
                    headers=REPLAY,
                )
            answer = await handler(*args, **kwargs)
            await _keep(work, key, msgspec.json.encode(answer))
            return answer

        _idempotent.add(once)
        return once  # type: ignore[return-value]  # functools.wraps keeps the handler's signature

    return decorate


_for_good: set[Callable[..., Any]] = set()


def known_for_good(handler: Handler) -> Handler:
    """Mark a JSON handler whose use case keeps the key itself, as the id of an action, and never forgets it."""
    _for_good.add(handler)
    return handler


def is_known_for_good(handler: Callable[..., Any]) -> bool:
    """Whether the function of a handler was decorated with `known_for_good`."""
    return handler in _for_good


def is_idempotent(handler: Callable[..., Any]) -> bool:
    """Whether the function of a handler was decorated with `idempotent`."""
    return handler in _idempotent


async def submit_once(request: WebRequest, work: UnitOfWork, submit: Callable[[], Awaitable[Address]]) -> Address | str:
    """Run a page's form submission once per key; the answer is the address to go on to, the same at each repetition.

    For handlers of pages, which answer 303. The key is the header's, which scripts send, or the form's hidden field.
    Two deliveries at one moment wait for each other. A form that was changed after it was sent is a new submission,
    and one without a key is simply run. What `submit` answers with None is run each time.

    Raises:
        KeyReused: the same header came with other content.
    """
    if key_of(request) is None and not (await request.form()).get(FORM_FIELD):
        return await submit()
    fingerprint = await fingerprint_of(request)
    key = key_of(request) or await form_key(request, fingerprint)
    if key is None:
        return await submit()
    if not await _claim(work, key, fingerprint, 303):
        kept = await _find(work, key)
        if kept is None or kept.request_hash != fingerprint:
            raise KeyReused
        return kept.body.decode()
    address = await submit()
    if address is None:
        await _release(work, key)
    else:
        await _keep(work, key, address.encode())
    return address


def key_of(request: WebRequest) -> str | None:
    """The request's key, if it carries one.

    Raises:
        Invalid: the key is too short to be unguessable, or too long.
    """
    key = request.headers.get(HEADER)
    if key is not None and not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise Invalid(fields={HEADER: N_("8 到 80 个字符")})
    return key


def new_form_key() -> str:
    """A key for one drawing of a form."""
    return secrets.token_hex(16)


async def form_key(request: WebRequest, fingerprint: str) -> str | None:
    """The key in the form's hidden field; a form that was changed after it was sent has another."""
    given = (await request.form()).get(FORM_FIELD)
    if not isinstance(given, str) or not given:
        return None
    return "form:" + hashlib.sha256(f"{given}\0{fingerprint}".encode()).hexdigest()


async def fingerprint_of(request: WebRequest) -> str:
    """What a repeated request must have in common with the first: method, address and content.

    A form is identified by its fields: browsers make a new boundary each time, and its CSRF token may change.
    """
    digest = hashlib.sha256(request.method.encode() + request.scope["path"].encode())
    if not request.headers.get("content-type", "").startswith(_FORM_TYPES):
        digest.update(await request.body())
        return digest.hexdigest()
    for name, value in (await request.form()).multi_items():
        if name in ("_csrf_token", FORM_FIELD):
            continue
        content = await _content_hash(value) if isinstance(value, UploadFile) else str(value).encode()
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _with_rights(fingerprint: str, actor: Actor) -> str:
    """An answer is kept as the first caller was allowed to see it. A program of the same member may see less, and so
    may the member a day later."""
    clients = "all" if actor.clients is None else ",".join(sorted(map(str, actor.clients)))
    rights = ",".join(sorted(actor.permissions))
    return hashlib.sha256(f"{fingerprint}\0{rights}\0{clients}\0{actor.read_only}".encode()).hexdigest()


async def _content_hash(upload: UploadFile) -> bytes:
    digest = hashlib.sha256(upload.filename.encode())
    await upload.seek(0)
    while chunk := await upload.read(1 << 20):
        digest.update(chunk)
    await upload.seek(0)
    return digest.digest()


async def _claim(work: UnitOfWork, key: str, fingerprint: str, status: int) -> bool:
    """Whether the key was new. A key that is being claimed elsewhere is waited for."""
    row = {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "actor_key": actor_key(work.actor),
        "key": key,
        "request_hash": fingerprint,
        "status": status,
        "body": b"",
        "created_at": work.now,
    }
    async with as_platform(work):
        claimed = await work.session.scalar(
            insert(IdempotencyKey)
            .values(**row)
            .on_conflict_do_nothing(index_elements=["tenant_id", "actor_key", "key"])
            .returning(IdempotencyKey.id)
        )
    return claimed is not None


async def _find(work: UnitOfWork, key: str) -> IdempotencyKey | None:
    async with as_platform(work):
        found: IdempotencyKey | None = await work.session.scalar(
            select(IdempotencyKey).where(IdempotencyKey.actor_key == actor_key(work.actor), IdempotencyKey.key == key)
        )
    return found


async def _release(work: UnitOfWork, key: str) -> None:
    async with as_platform(work):
        await work.session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.actor_key == actor_key(work.actor), IdempotencyKey.key == key)
        )


async def _keep(work: UnitOfWork, key: str, body: bytes) -> None:
    async with as_platform(work):
        await work.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.actor_key == actor_key(work.actor), IdempotencyKey.key == key)
            .values(body=body)
        )
