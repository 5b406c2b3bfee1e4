"""The same store in a bucket: of a real S3-compatible server, asked over HTTP."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr, ValidationError

from app.platform.files import FileMissing, InvalidFileKey, LocalFileStore, file_key, file_store_of, thumbnail_key
from app.platform.files.object_store import ObjectFileStore
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.factories.pictures import photo

TENANT, OTHER = UUID("01890000-0000-7abc-8def-000000000001"), UUID("01890000-0000-7abc-8def-000000000002")
BUCKET = "yinghuo-files"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 server on this machine, with an empty bucket."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.put(f"{address}/{BUCKET}").raise_for_status()
    yield address
    server.stop()


@pytest.fixture(scope="module")
def settings_with_bucket(test_settings: Settings, endpoint: str) -> Settings:
    return test_settings.model_copy(
        update={
            "s3_bucket": BUCKET,
            "s3_endpoint": endpoint,
            "s3_access_key_id": "key",
            "s3_access_key_secret": SecretStr("secret"),
        }
    )


@pytest.fixture
def store(runtime: Runtime, settings_with_bucket: Settings) -> ObjectFileStore:
    found = file_store_of(Runtime(settings_with_bucket, runtime.clock))
    assert isinstance(found, ObjectFileStore)
    return found


async def test_what_was_put_comes_back_is_replaced_and_deleted(store: ObjectFileStore) -> None:
    key = file_key(TENANT, uuid4())
    assert not await store.exists(key)
    for data in ("照片".encode(), bytes(300_000), b""):
        assert await store.put(key, data) == hashlib.sha256(data).hexdigest()
        assert await store.exists(key)
        assert await store.get(key) == data
    for _ in range(2):
        await store.delete(key)
    assert not await store.exists(key)
    with pytest.raises(FileMissing):
        await store.get(key)


async def test_a_tenant_s_files_go_and_nobody_else_s(store: ObjectFileStore) -> None:
    mine = [file_key(TENANT, uuid4()) for _ in range(30)]
    for key in (*mine, thumbnail_key(TENANT, uuid4()), kept := file_key(OTHER, uuid4())):
        await store.put(key, b"x")
    await store.delete_tenant(TENANT)
    assert [await store.exists(key) for key in mine] == [False] * len(mine)
    assert await store.exists(kept)
    await store.delete_tenant(TENANT)


@pytest.mark.parametrize(
    "key", ["", "a", f"{TENANT}/../{OTHER}", f"{TENANT}/x", f"/{TENANT}/{OTHER}", f"{TENANT}/{OTHER}?acl"]
)
async def test_no_text_but_a_key_reaches_the_bucket(store: ObjectFileStore, key: str) -> None:
    for attempt in (store.get(key), store.put(key, b"x"), store.delete(key), store.exists(key)):
        with pytest.raises(InvalidFileKey):
            await attempt


async def test_a_photo_goes_through_the_program_into_the_bucket_and_back(
    network: Network, runtime: Runtime, settings_with_bucket: Settings, endpoint: str
) -> None:
    from app.asgi import build

    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    with_bucket = Runtime(settings_with_bucket, runtime.clock)
    transport = httpx.ASGITransport(build(with_bucket))  # type: ignore[arg-type]  # Litestar is an ASGI application
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as caller:
        caller.headers["authorization"] = f"Bearer {await network.token(reporter)}"
        made = await caller.post("/api/v1/tickets", json={"subject": "开不了机", "device_id": str(device_id)})
        ticket_id = made.json()["id"]
        kept = await caller.post(f"/api/v1/tickets/{ticket_id}/photos", files={"photos": ("现场.jpg", photo())})
        assert kept.status_code == 201, kept.text
        file_id = kept.json()[0]["id"]
        shown = await caller.get(f"/api/v1/files/{file_id}")
        assert shown.headers["content-type"] == "image/jpeg"
        async with httpx.AsyncClient() as operator:
            listed = await operator.get(f"{endpoint}/{BUCKET}", params={"prefix": f"{partner.id}/{file_id}"})
        assert listed.text.count("<Contents>") == 2, "the photo and its small copy"
        caller.headers["authorization"] = f"Bearer {await network.token((await network.partner()).owner)}"
        assert (await caller.get(f"/api/v1/files/{file_id}")).status_code == 404
    await with_bucket.close()


async def test_without_a_bucket_files_lie_in_the_data_directory(runtime: Runtime, http: ClientFor) -> None:
    assert isinstance(file_store_of(runtime), LocalFileStore)
    with pytest.raises(ValidationError, match="S3_ENDPOINT must be https"):
        Settings(
            environment="production",
            database_url=SecretStr("postgresql://app@localhost/y"),
            redis_url=SecretStr("redis://localhost"),
            public_url="https://y.example",
            secret=SecretStr("a secret for tests that is long enough"),
            s3_endpoint="http://minio.example",
        )


async def test_what_was_written_before_a_moment_is_listed_for_one_tenant(store: ObjectFileStore) -> None:
    mine, small = file_key(TENANT, uuid4()), thumbnail_key(TENANT, uuid4())
    for key in (mine, small, file_key(OTHER, uuid4())):
        await store.put(key, b"x")
    hour = timedelta(hours=1)
    assert [page async for page in store.written_before(TENANT, datetime.now(UTC) - hour)] == []
    listed = [key async for page in store.written_before(TENANT, datetime.now(UTC) + hour) for key in page]
    assert sorted(listed) == sorted([mine, small])
    await store.delete_tenant(TENANT)
