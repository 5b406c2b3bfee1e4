"""Visit windows in forms: a window survives the round trip through form values, at every hour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.portals.desk.forms import LONGEST_OVERNIGHT_VISIT, visit_window, window_values

MINUTES = 3 * 365 * 24 * 60
MOMENTS = st.integers(0, MINUTES).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
LENGTHS = st.integers(1, int(LONGEST_OVERNIGHT_VISIT.total_seconds() // 60)).map(
    lambda minutes: timedelta(minutes=minutes)
)


@given(start=MOMENTS, length=LENGTHS, zone=st.sampled_from(("Asia/Shanghai", "Asia/Urumqi", "UTC")))
def test_a_shown_window_is_read_as_it_was(start: datetime, length: timedelta, zone: str) -> None:
    """Also one that begins before midnight and ends behind it, as every default does after ten in the evening."""
    assert visit_window(window_values(start, start + length, zone), zone) == (start, start + length)


def test_two_hours_too_early_are_no_night() -> None:
    start, end = visit_window({"day": "2026-11-30", "from": "15:00", "until": "14:00"}, "Asia/Shanghai")
    assert end < start, "the service says what is wrong with it"
