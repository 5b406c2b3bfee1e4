"""Every table has a retention rule, or is listed with a reason to keep its rows."""

from collections import Counter

from app.platform.kernel.runtime import Runtime
from app.retention import CLEARED_BY_JOBS, KEPT_TABLES, RULES
from app.worker import all_jobs
from migrations.registry import mapped_classes


def test_every_table_forgets_or_says_why_it_keeps() -> None:
    named = Counter(
        [rule.model.__tablename__ for rule in RULES]
        + list(CLEARED_BY_JOBS)
        + [table for tables in KEPT_TABLES.values() for table in tables]
    )
    missing = sorted(set(mapped_classes()) - set(named))
    assert not missing, (
        f"{missing} grow without end. In app/retention.py, either give the table a RetentionRule (in its area's "
        "tasks.py: the column its age is counted from, a setting with a default that docs/operations.md explains, and "
        "which old rows must stay all the same), or put it under its reason in KEPT_TABLES. "
        "Whoever cannot name a reason needs a rule: what only grows fills a disk in the third year, and keeps people's "
        "data longer than the law allows."
    )
    assert sorted(set(named) - set(mapped_classes())) == [], "these tables are gone: take their lines away"
    assert [table for table, times in named.items() if times > 1] == [], "a table has a rule or a reason, not both"


def test_the_jobs_that_clear_what_has_no_tenant_exist(runtime: Runtime) -> None:
    assert set(CLEARED_BY_JOBS.values()) | {"retention.begin"} <= {job.name for job in all_jobs(runtime)}
