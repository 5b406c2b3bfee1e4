"""The list of results as people type it: one file a line, `path | outcome | remark`."""

from typing import Final

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_, FilledText
from billing.data_recovery.fees import OUTCOME_NAMES, FileOutcome
from billing.data_recovery.models import PATH_LENGTH
from billing.data_recovery.schemas import FileResult, RecoveredFileView

REMARK_LENGTH: Final = 200
SEPARATOR: Final = "|"
LINE_WRONG: Final = N_("第 %(line)s 行看不懂。请写成“文件路径 | 已恢复”，结果写已恢复、部分恢复或没有恢复。")
_WORDS: Final = {
    **{name: outcome for outcome, name in OUTCOME_NAMES.items()},
    **{outcome.value: outcome for outcome in FileOutcome},
    "部分": FileOutcome.PARTIAL,
    "未恢复": FileOutcome.LOST,
}


def files_of(text: str) -> list[FileResult]:
    """What the lines say; empty ones are skipped, a file without an outcome was recovered.

    Raises:
        Invalid: naming the first line that says nothing.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = [part.strip() for part in line.replace("｜", SEPARATOR).split(SEPARATOR)]
        if not any(parts):
            continue
        path, word, remark = (*parts, "", "")[:3]
        outcome = _WORDS.get(word or FileOutcome.RECOVERED)
        if not path or outcome is None or len(path) > PATH_LENGTH or len(remark) > REMARK_LENGTH or len(parts) > 3:
            raise Invalid(fields={"files": FilledText(LINE_WRONG, line=number)})
        found.append(FileResult(path, outcome, remark))
    return found


def text_of(files: list[RecoveredFileView]) -> str:
    """The same the other way round, in Chinese as it is typed."""
    lines = ([each.path, OUTCOME_NAMES[each.outcome], *filter(None, (each.remark,))] for each in files)
    return "\n".join(f" {SEPARATOR} ".join(parts) for parts in lines)
