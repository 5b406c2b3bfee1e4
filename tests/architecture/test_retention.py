"""Every table has a retention rule, or is listed with a reason to keep its rows."""

from collections import Counter

from app.platform.background.daily_retention import retention_rules
from app.platform.kernel.areas import Kept, areas
from app.platform.kernel.runtime import Runtime
from app.worker import all_jobs
from migrations.registry import mapped_classes


def test_every_table_forgets_or_says_why_it_keeps() -> None:
    named = Counter(
        [rule.model.__tablename__ for rule in retention_rules()]
        + [table for area in areas() for tables in area.kept.values() for table in tables]
    )
    missing = sorted(set(mapped_classes()) - set(named))
    assert not missing, (
        f"{missing} grow without end. Either give the table a RetentionRule in its area's tasks.py, and name it in "
        "area.py under `retention` (the column its age is counted from, a setting with a default that "
        "docs/operations.md explains, and which old rows must stay all the same), or put it in area.py under its "
        f"reason in `kept`, one of {', '.join(f'Kept.{reason.name}' for reason in Kept)}. "
        "Whoever cannot name a reason needs a rule: what only grows fills a disk in the third year, and keeps people's "
        "data longer than the law allows."
    )
    assert sorted(set(named) - set(mapped_classes())) == [], "these tables are gone: take their lines away"
    assert [table for table, times in named.items() if times > 1] == [], "a table has a rule or a reason, not both"


def test_what_stands_outside_the_tenants_is_cleared_by_daily_jobs(runtime: Runtime) -> None:
    jobs = {"retention.begin", "identity.remove_expired", "partners.remove_expired_codes"}
    assert jobs <= {job.name for job in all_jobs(runtime)}
