"""Validation problems of a calendar or policy document, each with the path of its field."""

from collections.abc import Mapping

import msgspec


class DocumentProblem(msgspec.Struct, frozen=True):
    """One thing to put right.

    `code` is stable and names the rule that is broken; `path` names the field the way the JSON
    document does (`weekly.monday[1]`); `parameters` are the values that a message may quote.
    """

    code: str
    path: str
    parameters: Mapping[str, str | int] = {}

    def under(self, prefix: str) -> "DocumentProblem":
        """The same problem with its path in the enclosing document, which holds this one at `prefix`."""
        return msgspec.structs.replace(self, path=f"{prefix}.{self.path}" if self.path else prefix)
