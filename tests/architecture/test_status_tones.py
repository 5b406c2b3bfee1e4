"""Every tone given to `status_pill` exists; an unknown one would fail only for records in that state."""

from collections.abc import Iterator

from jinja2 import nodes

from app.platform.web.assets import Assets
from app.platform.web.rendering import environment, template_folders

KNOWN_TONES = {"neutral", "info", "active", "waiting", "good", "bad"}


def _constants(argument: nodes.Node) -> Iterator[str]:
    """The tones that an argument names itself; those looked up in a table are the table's to get right."""
    if isinstance(argument, nodes.Const):
        yield argument.value
    elif isinstance(argument, nodes.CondExpr):
        yield from _constants(argument.expr1)
        if argument.expr2 is not None:
            yield from _constants(argument.expr2)


def test_every_pill_has_a_tone_that_is_drawn() -> None:
    parser = environment("zh-CN", Assets())
    unknown: list[str] = []
    found = 0
    for folder in template_folders():
        for file in sorted(folder.rglob("*.html")):
            for call in parser.parse(file.read_text()).find_all(nodes.Call):
                if not isinstance(call.node, nodes.Name) or call.node.name != "status_pill" or len(call.args) < 2:
                    continue
                for tone in _constants(call.args[1]):
                    found += 1
                    if tone not in KNOWN_TONES:
                        unknown.append(f"{file.relative_to(folder)}: {tone!r} is not one of {sorted(KNOWN_TONES)}")
    assert found, "no pill found: does the macro have another name now?"
    assert not unknown, "\n".join(unknown)
