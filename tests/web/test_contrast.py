"""WCAG 2.2 AA in both themes: 4.5 for words, 3 for the borders of fields, marks and focus."""

import json
from pathlib import Path

import pytest

TOKENS: dict[str, tuple[str, str]] = json.loads(
    (Path(__file__).parents[2] / "app/platform/web/assets/src/tokens.json").read_text()
)
THEMES = {"light": 0, "dark": 1}

_GROUNDS = ("canvas", "surface", "surface-raised", "surface-hover", "surface-sunken")
WORDS = [
    *((word, ground) for word in ("ink", "ink-soft", "ink-faint") for ground in _GROUNDS),
    *((word, ground) for word in ("link", "danger", "accent-text", "calm") for ground in ("canvas", "surface")),
    ("ink", "accent-soft"),
    ("ink-soft", "accent-soft"),
    ("ink-faint", "accent-soft"),
    ("accent-text", "accent-soft"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("glow", "chrome"),
    ("glow", "chrome-raised"),
    *((word, ground) for word in ("chrome-ink", "chrome-soft") for ground in ("chrome", "chrome-raised")),
    *((tone, f"{tone}-soft") for tone in ("calm", "attention", "urgent", "danger", "info", "paused")),
    ("breached-ink", "breached"),
    ("ink", "surface-raised"),
]
MARKS = [
    *((mark, ground) for mark in ("line-strong", "focus", "accent-text") for ground in ("canvas", "surface")),
    *((f"chart-{number}", "surface") for number in (1, 3, 4)),
    ("urgent", "surface"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("word", "ground"), WORDS)
def test_words_are_readable(word: str, ground: str, theme: str) -> None:
    column = THEMES[theme]
    assert contrast(TOKENS[word][column], TOKENS[ground][column]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_told_from_their_ground(mark: str, ground: str, theme: str) -> None:
    column = THEMES[theme]
    assert contrast(TOKENS[mark][column], TOKENS[ground][column]) >= 3
