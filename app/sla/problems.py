"""What is wrong with a calendar or a policy, told so that a form can show it."""

from collections.abc import Mapping, Sequence

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One thing to put right.

    `code` is stable and names the rule that is broken; `path` names the field the way the JSON
    document does (`weekly.monday[1]`); `parameters` are the values that a message may quote.
    """

    code: str
    path: str
    parameters: Mapping[str, str | int] = {}

    def under(self, prefix: str) -> "Problem":
        """The same problem, told from the document that holds this one at `prefix`."""
        return msgspec.structs.replace(self, path=f"{prefix}.{self.path}" if self.path else prefix)


class InvalidDocumentError(ValueError):
    """A calendar or policy that breaks its own rules was put to use; `problems` lists them all."""

    code = "sla_document_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.path}: {each.code}" for each in self.problems))
