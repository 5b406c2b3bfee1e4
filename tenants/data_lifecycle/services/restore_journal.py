"""The journal of a restore, by which an interrupted one resumes."""

from pathlib import Path


class RestoreJournal:
    """Which members are written, in a file beside the archive; worthless for any other archive."""

    def __init__(self, archive: Path, sha256: str) -> None:
        self._path = archive.with_name(archive.name + ".restored")
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        self.done = set(lines[1:]) if lines[:1] == [sha256] else set()
        self._path.write_text("".join(f"{line}\n" for line in (sha256, *sorted(self.done))))

    def note(self, what: str) -> None:
        """`what` is written, and need not be again."""
        with self._path.open("a") as file:
            file.write(f"{what}\n")
        self.done.add(what)

    def forget(self) -> None:
        """All is written."""
        self._path.unlink(missing_ok=True)
