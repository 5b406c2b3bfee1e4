"""What a page may rely on: values are escaped, mistakes are loud, both languages speak, nothing is inline."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import DictLoader, UndefinedError

import app.platform.web
from app.platform.web import gallery
from app.platform.web.assets import Assets
from app.platform.web.rendering import Renderer, environment, template_folders

LANGUAGES = ("zh-CN", "en")
TEMPLATES = Path(app.platform.web.__file__).parent / "templates"
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(.*?\)\s*-?%}(.*?){%-?\s*endmacro", re.DOTALL)
IMPORT = re.compile(r'{%-?\s*from "components/([^"]+)" import ([^%]+?)\s*-?%}')
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """Collects elements and attributes, and checks that what opens also closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def with_attribute(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if name in attributes]


def gallery_page(renderer: Renderer, name: str, language: str = "zh-CN", theme: str = "auto") -> str:
    return renderer.page(gallery.PAGES[name], {**gallery.context(), "theme": theme}, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", gallery.PAGES)
def test_every_gallery_page_is_well_formed_and_has_nothing_inline(renderer: Renderer, name: str, language: str) -> None:
    page = Page(gallery_page(renderer, name, language))

    assert page.open == []
    assert page.elements[0] == ("html", {"lang": language})
    assert not page.with_attribute("style")
    assert not [key for _, attributes in page.elements for key in attributes if re.match(r"on[a-z]+$", key)]
    assert all(attributes.get("src") for tag, attributes in page.elements if tag == "script")


@pytest.mark.parametrize("name", gallery.PAGES)
def test_identifiers_are_unique_and_labels_point_at_fields(renderer: Renderer, name: str) -> None:
    page = Page(gallery_page(renderer, name))

    identifiers = [attributes["id"] for attributes in page.with_attribute("id")]
    assert len(identifiers) == len(set(identifiers))
    for attribute in ("for", "aria-labelledby", "aria-describedby"):
        for attributes in page.with_attribute(attribute):
            assert set(str(attributes[attribute]).split()) <= set(identifiers)


def test_every_field_has_a_spoken_name(renderer: Renderer) -> None:
    page = Page(gallery_page(renderer, "components"))
    labelled = {attributes["for"] for attributes in page.with_attribute("for")}

    for tag, attributes in page.elements:
        hidden = attributes.get("type") in ("hidden", "radio", "checkbox")  # a radio or box sits inside its label
        if tag in ("input", "select", "textarea") and not hidden:
            assert {"aria-label", "aria-labelledby"} & attributes.keys() or attributes.get("id") in labelled, attributes


def test_the_gallery_shows_every_macro_of_every_component() -> None:
    sources = {path.name: path.read_text() for path in (TEMPLATES / "components").glob("*.html")}
    bodies = {(name, found[1]): found[2] for name, text in sources.items() for found in MACRO.finditer(text)}
    waiting: set[tuple[str, str]] = set()
    for path in [*(TEMPLATES / "gallery").glob("*.html"), *(TEMPLATES / "layout").glob("*.html")]:
        waiting |= called_in(path.read_text(), imported_by(path.read_text()))
    shown: set[tuple[str, str]] = set()
    while waiting:
        file, _ = macro = waiting.pop()
        shown.add(macro)
        siblings = {sibling: (file, sibling) for source, sibling in bodies if source == file}
        waiting |= called_in(bodies.get(macro, ""), imported_by(sources[file]) | siblings) - shown
    hidden = sorted(f"{name} of components/{file}" for file, name in bodies.keys() - shown)
    assert not hidden, f"show {hidden} in templates/gallery with believable content"


def imported_by(text: str) -> dict[str, tuple[str, str]]:
    """Component file and macro by the name that a template gives it."""
    found = {}
    for file, names in IMPORT.findall(text):
        for each in names.split(","):
            name, _, alias = each.strip().partition(" as ")
            found[alias or name] = (file, name)
    return found


def called_in(text: str, known: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    calls = set(re.findall(r"\b(\w+)\(", IMPORT.sub("", text)))
    return {macro for name, macro in known.items() if name in calls}


def test_what_a_person_typed_is_shown_and_never_obeyed(renderer: Renderer) -> None:
    made = environment("zh-CN", Assets(), loader=DictLoader({"page.html": "<p title='{{ words }}'>{{ words }}</p>"}))

    assert made.get_template("page.html").render(words="'\"><script>") == (
        "<p title='&#39;&#34;&gt;&lt;script&gt;'>&#39;&#34;&gt;&lt;script&gt;</p>"
    )


def test_a_component_escapes_its_parameters(renderer: Renderer) -> None:
    source = '{% from "components/chips.html" import person %}{{ person(name, href=name) }}'

    assert "<b>" not in renderer.environment().from_string(source).render(name='"><b>陈</b>')


def test_an_unknown_variable_is_an_error() -> None:
    made = environment("zh-CN", Assets(), loader=DictLoader({"page.html": "{{ ticket.numbre }}"}))

    with pytest.raises(UndefinedError):
        made.get_template("page.html").render(ticket={"number": "FW-1"})


def test_a_block_alone_is_what_the_panel_asks_for(renderer: Renderer) -> None:
    block = renderer.block(gallery.PAGES["workspace"], "panel", gallery.context())

    assert block.lstrip().startswith('<header class="panel__head">')
    assert "<html" not in block


def test_an_unknown_language_reads_chinese(renderer: Renderer) -> None:
    assert "跳到正文" in gallery_page(renderer, "error", "fr")


@pytest.mark.parametrize(("theme", "written"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_chosen_theme_is_drawn_by_the_server(renderer: Renderer, theme: str, written: str) -> None:
    assert f'<html lang="zh-CN" {written}>' in gallery_page(renderer, "error", theme=theme)


def test_the_system_decides_where_nothing_was_chosen(renderer: Renderer) -> None:
    assert '<html lang="zh-CN">' in gallery_page(renderer, "error", theme="auto")
    assert '<html lang="zh-CN">' in gallery_page(renderer, "error", theme='"><script>')


def test_templates_of_every_area_are_found(tmp_path: Path) -> None:
    for area in ("app/desk/tickets", "app/portals/client", "tenants/partners", "billing/invoicing"):
        (tmp_path / area / "templates").mkdir(parents=True)

    assert len(template_folders(tmp_path)) == 4
