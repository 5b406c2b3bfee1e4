"""What areas declare of promises fits the tables that keep it, and names one thing only."""

from collections import Counter

from sqlalchemy import String

from app.platform.kernel.areas import areas
from app.platform.promises.models import PromiseRecord
from app.platform.promises.tasks import audiences


def test_targets_have_one_label_each_and_short_names() -> None:
    declared = [target for area in areas() for target in area.promised_targets]
    assert [target for target in declared if len(target) > _length("kind")] == []
    assert [target for target, times in Counter(declared).items() if times > 1] == []


def test_kinds_of_records_are_declared_once_with_a_function_that_exists() -> None:
    declared = [kind for area in areas() for kind in area.promises]
    assert [kind for kind in declared if len(kind) > _length("subject_kind")] == []
    assert sorted(declared) == sorted(audiences())


def _length(column: str) -> int:
    kind = PromiseRecord.__table__.columns[column].type
    assert isinstance(kind, String)
    return kind.length or 0
