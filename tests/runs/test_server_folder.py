"""Servers of a run lie in memory where there is room for them."""

from pathlib import Path

from tests.runs.server_folder import folder_of_servers


def test_a_folder_with_room_holds_the_servers(tmp_path: Path) -> None:
    assert folder_of_servers(tmp_path, least_bytes=1) == tmp_path


def test_a_small_one_or_none_leaves_them_on_the_disk(tmp_path: Path) -> None:
    assert folder_of_servers(tmp_path, least_bytes=2**60) is None
    assert folder_of_servers(tmp_path / "none", least_bytes=1) is None
