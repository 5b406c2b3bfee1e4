"""What a device's week says, by its day."""

from datetime import date

import pytest

from app.desk.security.assessment import DeviceWeek, coverage_of, figures_of, findings_of
from app.desk.security.states import FindingKind, Protection

MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
GOOD = DeviceWeek(Protection.INSTALLED, date(2026, 11, 20), 0, 0)


@pytest.mark.parametrize(
    ("device", "found"),
    [
        (GOOD, []),
        (GOOD._replace(definitions_on=date(2026, 11, 15)), []),
        (GOOD._replace(definitions_on=date(2026, 11, 14)), [FindingKind.OUTDATED]),
        (GOOD._replace(protection=Protection.MISSING, definitions_on=date(2020, 1, 1)), [FindingKind.UNPROTECTED]),
        (GOOD._replace(virus_events=2, missing_patches=1), [FindingKind.VIRUS, FindingKind.UNPATCHED]),
        (DeviceWeek(Protection.UNKNOWN, None, None, None), []),
    ],
)
def test_findings_follow_from_what_the_report_says(device: DeviceWeek, found: list[FindingKind]) -> None:
    assert findings_of(device, MONDAY, SUNDAY) == found


def test_definitions_are_measured_on_the_day_of_an_early_assessment_and_never_after_the_week() -> None:
    device = GOOD._replace(definitions_on=date(2026, 11, 12))
    assert findings_of(device, MONDAY, date(2026, 11, 18)) == []
    assert findings_of(device, MONDAY, date(2027, 1, 1)) == findings_of(device, MONDAY, SUNDAY)


def test_what_nobody_knows_does_not_count_as_protected() -> None:
    unknown = GOOD._replace(protection=Protection.UNKNOWN)
    figures = figures_of([GOOD, GOOD, unknown], MONDAY, SUNDAY)
    assert (figures.checked, figures.protected) == (3, 2)
    assert (coverage_of(2, 3), coverage_of(5, 3), coverage_of(0, 0)) == (66.7, 100.0, None)
