"""Comparison of the source texts in code and templates with the translation catalogues."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from app.platform.kernel.texts import NP_, ROOT, catalogue_files, source_of

AREAS = ("app", "tenants", "billing", "rbac")
KEYWORDS = {"_": None, "N_": None, "NP_": ((1, "c"), 2), "pgettext": ((1, "c"), 2), "translate": None}
_JINJA_EXTRACTOR = "jinja2.ext:babel_extract"


def source_texts(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every source text with the file that contains it."""
    for top in AREAS:
        for path in sorted((root / top).rglob("*")):
            if "node_modules" in path.parts or "static" in path.parts:
                continue
            if path.suffix == ".py":
                method, options = "python", {}
            elif "templates" in path.parts and path.suffix in (".html", ".txt"):
                method, options = _JINJA_EXTRACTOR, {"trimmed": "true"}
            else:
                continue
            for _, message, _, context in extract_from_file(method, str(path), keywords=KEYWORDS, options=options):
                for text in message if isinstance(message, tuple) else (message,):
                    if text:
                        yield path, NP_(context, text) if context else text


def translated_texts(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every source text that has an English translation, with its catalogue file."""
    for path in catalogue_files(root):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="en"):
                if message.id and message.string and not message.fuzzy:
                    yield path, source_of(message)


def untranslated_texts(root: Path = ROOT) -> dict[str, list[str]]:
    """Texts without English translation, by the folder of their area."""
    known = {text for _, text in translated_texts(root)}
    found: dict[str, list[str]] = defaultdict(list)
    for path, text in source_texts(root):
        folder = str(_area(path, root))
        if _is_chinese(text) and text not in known and text not in found[folder]:
            found[folder].append(text)
    return {folder: texts for folder, texts in found.items() if texts}


def translation_problems(root: Path = ROOT) -> list[str]:
    """Missing, unused and misplaced translations, one line each; empty when both languages are complete.

    A translation stands in the catalogue of a folder that says its text.
    """
    lines = [
        f"{folder}: no English for {text!r}" for folder, texts in untranslated_texts(root).items() for text in texts
    ]
    places: dict[str, set[Path]] = defaultdict(set)
    for path, text in source_texts(root):
        places[text].add(path)
    for catalogue, text in translated_texts(root):
        folder = catalogue.parent.parent
        if text not in places:
            lines.append(f"{catalogue.relative_to(root)}: nobody says {text!r} any more")
        elif not any(path.is_relative_to(folder) for path in places[text]):
            said_by = ", ".join(sorted(str(path.relative_to(root)) for path in places[text]))
            lines.append(f"{catalogue.relative_to(root)}: {text!r} is said by {said_by}: move it there")
    return lines


def _area(path: Path, root: Path) -> Path:
    """The folder of the area that the file lies in: `app/<district>/<area>`, `tenants/<area>` …"""
    parts = path.relative_to(root).parts
    folder = Path(*parts[: 3 if parts[0] == "app" else 2])
    return folder if (root / folder).is_dir() else folder.parent


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
