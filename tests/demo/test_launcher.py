"""An interrupted filling of the demo starts again; a completed one is kept."""

from pathlib import Path

from app.demo.launcher import FILLED, FILLING, was_interrupted


def test_half_a_network_is_begun_again(tmp_path: Path) -> None:
    assert not was_interrupted(tmp_path), "nothing was begun"
    (tmp_path / FILLING).touch()
    assert was_interrupted(tmp_path)
    (tmp_path / FILLED).write_text("what a visitor needs to know")
    assert not was_interrupted(tmp_path)
