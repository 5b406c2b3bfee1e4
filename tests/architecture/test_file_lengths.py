"""A file holds one thought: past 400 lines it is two, and is split by thought."""

from app.platform.kernel.texts import ROOT

LONGEST = 400
FOLDERS = ("app", "tenants", "billing", "rbac", "tests")
ENDINGS = ("*.py", "*.css", "*.html", "*.typ")


def test_no_file_is_longer_than_a_thought() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in FOLDERS
        for ending in ENDINGS
        for path in (ROOT / folder).rglob(ending)
        if not {"node_modules", "build"} & set(path.parts)
    }
    long = {path for path, length in lengths.items() if length > LONGEST}
    assert not long, (
        f"{sorted(long)} have more than {LONGEST} lines: split them by use case or by thought, "
        "as docs/conventions.md says"
    )
