"""The local file store: files under opaque keys, written completely or not at all."""

import asyncio
import hashlib
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.files import FileMissing, FileStore, InvalidFileKey, LocalFileStore, file_key, thumbnail_key

TENANT = UUID("01890000-0000-7abc-8def-000000000001")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(root: Path) -> FileStore:
    return LocalFileStore(root)


def everything_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_what_was_put_comes_back(store: FileStore) -> None:
    key = file_key(TENANT, uuid4())

    digest = await store.put(key, "照片".encode())

    assert digest == hashlib.sha256("照片".encode()).hexdigest()
    assert await store.exists(key)
    assert await store.get(key) == "照片".encode()


async def test_a_photo_and_its_small_copy_lie_side_by_side(store: FileStore) -> None:
    photo = uuid4()

    await store.put(file_key(TENANT, photo), b"photo")
    await store.put(thumbnail_key(TENANT, photo), b"small")

    assert await store.get(file_key(TENANT, photo)) == b"photo"
    assert await store.get(thumbnail_key(TENANT, photo)) == b"small"


async def test_what_was_deleted_is_missing_and_may_be_deleted_again(store: FileStore) -> None:
    key = file_key(TENANT, uuid4())
    await store.put(key, b"x")

    await store.delete(key)
    await store.delete(key)

    assert not await store.exists(key)
    with pytest.raises(FileMissing):
        await store.get(key)


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_only_the_owner_may_read_what_lies_on_disk(store: FileStore, root: Path) -> None:
    await store.put(file_key(TENANT, uuid4()), b"secret")

    (file,) = everything_below(root)
    assert permissions(file) == 0o600
    assert root == file.parents[2]
    assert {permissions(folder) for folder in file.parents[:3]} == {0o700}


async def test_many_writers_of_one_key_leave_one_whole_file(store: FileStore, root: Path) -> None:
    key = file_key(TENANT, uuid4())
    contents = [bytes([number]) * 200_000 for number in range(12)]
    await store.put(key, contents[0])

    async def read_often() -> None:
        for _ in range(30):
            assert await store.get(key) in contents

    await asyncio.gather(read_often(), *(store.put(key, one) for one in contents))

    assert await store.get(key) in contents
    assert len(everything_below(root)) == 1


async def test_a_write_that_fails_leaves_the_old_file_and_no_remains(store: FileStore, root: Path) -> None:
    key = file_key(TENANT, uuid4())
    await store.put(key, b"old")

    with pytest.raises(TypeError):
        await store.put(key, "not bytes")  # type: ignore[arg-type]  # the failure to be provoked

    assert await store.get(key) == b"old"
    assert len(everything_below(root)) == 1


async def test_a_link_planted_in_the_store_is_not_followed(store: FileStore, root: Path, tmp_path: Path) -> None:
    key = file_key(TENANT, uuid4())
    await store.put(key, b"x")
    (file,) = everything_below(root)
    outside = tmp_path / "outside"
    outside.write_bytes(b"host secret")
    file.unlink()
    file.symlink_to(outside)

    with pytest.raises(OSError, match="symbolic"):
        await store.get(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        f"{TENANT}/../{TENANT}",
        f"{TENANT}",
        f"/{TENANT}/{TENANT}",
        f"{TENANT}/{TENANT}\n",
        f"{TENANT}/{TENANT}\0",
        f"{TENANT}/{TENANT}/{TENANT}",
        f"{TENANT}\\{TENANT}",
        f"{TENANT}/{TENANT}.thumbnail.thumbnail",
        f"{TENANT}/{TENANT}.exe",
        f"{TENANT}/{TENANT}".upper(),
    ],
)
async def test_no_other_text_is_a_key(store: FileStore, root: Path, key: str) -> None:
    for attempt in (store.put(key, b"x"), store.get(key), store.delete(key), store.exists(key)):
        with pytest.raises(InvalidFileKey):
            await attempt
    assert everything_below(root) == []


@given(st.text(alphabet="0123456789abcdef-/.\\\0\n", max_size=80))
def test_no_text_made_of_key_characters_escapes(key: str) -> None:
    with pytest.raises(InvalidFileKey):
        asyncio.run(LocalFileStore(Path("/nonexistent")).get(key))
