"""What a list is read with, stored with its run: dry run, error sheet and import then give the same rows."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from app.platform.imports.declaration import ImportKind
from app.platform.imports.models import ImportRun
from app.platform.imports.reading.rows import ParsedFile, open_list, parse_rows
from app.platform.imports.reading.workbook import Workbook
from app.platform.kernel.encodings import Encoding


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of a dry run."""

    today: date
    known: dict[str, tuple[str, ...]] = {}
    """Field → recorded names that its values may mean."""
    remembered: dict[str, str | None]
    encoding: Encoding = Encoding.AUTOMATIC
    read_at: datetime | None = None
    changes_since: datetime | None = None
    """People's changes after this moment stay."""
    prefers_list: bool = False

    def open(self, kind: ImportKind, content: bytes) -> Workbook:
        """Read the file, whatever its headings are.

        Raises:
            FileRefused: it cannot be read.
        """
        return open_list(content, kind, remembered=self.remembered, encoding=self.encoding)

    def parse(self, kind: ImportKind, client_id: UUID | None, workbook: Workbook) -> ParsedFile:
        """Parse and check the rows.

        Raises:
            HeadingRefused: no heading was recognised.
        """
        return parse_rows(
            workbook, kind, today=self.today, client_id=client_id, known=self.known, remembered=self.remembered
        )

    def read(self, kind: ImportKind, client_id: UUID | None, content: bytes) -> ParsedFile:
        """Open and parse; the same basis and bytes give the same rows.

        Raises:
            FileRefused: it cannot be read, or no heading was recognised.
        """
        return self.parse(kind, client_id, self.open(kind, content))


def basis_of(run: ImportRun) -> Basis:
    """The basis that is stored with the run."""
    return msgspec.convert(run.summary["basis"], Basis)
