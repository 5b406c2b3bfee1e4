"""Calendars, moments and targets for property tests."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from app.platform.promises import (
    DateException,
    DayKind,
    HolidayEntry,
    HolidayTable,
    PublicHolidays,
    ServiceCalendar,
    Week,
    Window,
)

# Each period begins some days before the clocks change, a leap day, or nothing in particular.
PERIODS = (
    ("Asia/Shanghai", date(2028, 2, 21)),
    ("Asia/Shanghai", date(2030, 12, 27)),
    ("Europe/Berlin", date(2026, 3, 22)),
    ("Europe/Berlin", date(2026, 10, 18)),
    ("America/New_York", date(2026, 3, 2)),
    ("America/New_York", date(2026, 10, 26)),
    ("America/Sao_Paulo", date(2018, 2, 10)),  # goes back at midnight
    ("America/Sao_Paulo", date(2018, 10, 28)),  # midnight does not exist
    ("Australia/Lord_Howe", date(2026, 3, 28)),  # half an hour
    ("Asia/Kathmandu", date(2026, 6, 1)),
)
DAYS = 10
"""Length of a period in which clocks live; service time added may run beyond it."""

_MINUTES = st.one_of(st.integers(0, 1439), st.sampled_from((0, 60, 90, 120, 150, 180, 540, 1080, 1380)))


def _text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to three windows of one day, the last perhaps past midnight."""
    edges = sorted(draw(st.sets(_MINUTES, max_size=6)))
    windows = [Window(_text(a), _text(b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2:
        close = draw(st.sampled_from(["24:00", _text(edges[0])]) if edges[0] < edges[-1] else st.just("24:00"))
        windows.append(Window(_text(edges[-1]), close))
    return tuple(windows)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[ServiceCalendar, date]:
    """A calendar and the first day of a period in which it is interesting."""
    zone, first = draw(st.sampled_from(PERIODS))
    days = [first + timedelta(days=each) for each in range(DAYS)]
    chosen = draw(st.lists(st.sampled_from(days), unique=True, max_size=6))
    kinds = st.sampled_from(DayKind)
    calendar = ServiceCalendar(
        weekly=Week(draw(day_windows().filter(bool)), *draw(st.lists(day_windows(), min_size=6, max_size=6))),
        time_zone=zone,
        # The table says of every day of the period what it is, so that the published holidays are not asked.
        public_holidays=draw(st.sampled_from(PublicHolidays)),
        holiday_windows=draw(st.one_of(st.just(()), day_windows())),
        makeup_windows=draw(st.one_of(st.none(), day_windows())),
        holiday_table=HolidayTable(
            tuple(
                HolidayEntry(day, draw(kinds) if day in chosen[:3] else DayKind.ORDINARY)
                for day in (first + timedelta(days=each) for each in range(-3, DAYS + 3))
            )
        ),
        exceptions=tuple(DateException(day, draw(day_windows())) for day in sorted(chosen[3:])),
    )
    return calendar, first


def moments(first: date) -> st.SearchStrategy[datetime]:
    """Seconds of the period, whole minutes and hours more often than chance would give."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    seconds = st.one_of(
        st.integers(0, DAYS * 86_400 - 1),
        st.integers(0, DAYS * 1440 - 1).map(lambda minute: minute * 60),
        st.integers(0, DAYS * 24 - 1).map(lambda hour: hour * 3600),
    )
    return seconds.map(lambda second: start + timedelta(seconds=second))


TARGET_SECONDS = st.one_of(
    st.integers(0, 40_000),
    st.integers(0, 600).map(lambda minutes: minutes * 60),
    st.sampled_from((900, 14_400, 86_400)),
)
