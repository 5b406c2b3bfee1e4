"""Small charts: round scales, honest bars, lines that break where a figure is missing."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.platform.web.charts import LABEL_HEIGHT, Axis, Series, Target, plot, round_scale

COMPONENTS = Path(__file__).parents[2] / "app/platform/web/templates/components"
FIGURES = some.lists(some.one_of(some.none(), some.floats(-1e6, 1e6, allow_subnormal=False)), min_size=1, max_size=24)


def test_a_scale_is_round_and_holds_the_figures() -> None:
    assert round_scale(0, 61) == (0, 80, 20)
    assert round_scale(89.7, 97.4) == (88, 98, 2)


@given(FIGURES)
def test_every_mark_stays_inside_the_drawing(values: list[float | None]) -> None:
    drawn = plot([str(place) for place in range(len(values))], [Series("数", values)])

    for mark in (*drawn.bars[0], *drawn.points[0]):
        assert 0 <= mark.x <= mark.x + mark.width <= 100
        assert 0 <= mark.y <= mark.y + mark.height <= drawn.floor + 0.2


def test_bars_grow_with_their_figures_from_zero() -> None:
    drawn = plot(["一", "二"], [Series("张", [10, 20])])

    small, large = drawn.bars[0]
    assert large.height == 2 * small.height
    assert small.y + small.height == drawn.floor


def test_bars_of_two_series_stand_side_by_side() -> None:
    drawn = plot(["一"], [Series("软件", [10]), Series("硬件", [20])])

    assert drawn.bars[0][0].x + drawn.bars[0][0].width < drawn.bars[1][0].x


def test_a_line_breaks_where_a_figure_is_missing() -> None:
    drawn = plot(["一", "二", "三", "四"], [Series("%", [1, 2, None, 3])], axis=Axis.PERCENT)

    assert len(drawn.points[0]) == 3
    assert [(step.x1, step.x2) for step in drawn.steps[0]] == [(12.5, 37.5)]


def test_a_chart_without_figures_still_draws() -> None:
    drawn = plot(["一"], [Series("张", [None])])

    assert drawn.bars == [[]]
    assert drawn.grid
    assert not drawn.newest


SHARES = some.lists(some.one_of(some.none(), some.floats(0, 100, allow_subnormal=False)), min_size=1, max_size=24)


@given(SHARES, some.sampled_from([Axis.PERCENT, Axis.SMALL_PERCENT]), some.floats(0, 100))
def test_an_axis_of_shares_never_leaves_0_to_100_and_says_what_it_shows(
    values: list[float | None], axis: Axis, asked: float
) -> None:
    drawn = plot(
        [str(place) for place in range(len(values))], [Series("%", values)], axis=axis, targets=[Target("", asked)]
    )

    ends = [float(words.removesuffix("%")) for _, words in (drawn.grid[0], drawn.grid[-1])]
    assert 0 <= ends[0] < ends[1] <= 100, "a share of 98 % with an axis up to 104 % reads like a fault of ours"
    assert (drawn.band or (0, 100)) == tuple(ends), "an axis that is a part of 0 to 100 % has to say so"
    assert all(0 <= mark.y <= drawn.floor for mark in (*drawn.points[0], *drawn.targets))


@pytest.mark.parametrize(
    ("axis", "values", "ends"),
    [
        (Axis.PERCENT, [89.7, 97.4], ("80%", "100%")),
        (Axis.PERCENT, [61.0], ("50%", "100%")),
        (Axis.PERCENT, [12.0, 99.0], ("0%", "100%")),
        (Axis.SMALL_PERCENT, [3.2], ("0%", "10%")),
        (Axis.SCORE, [4.6], ("1", "5")),
        (Axis.COUNT, [1], ("0", "1")),
    ],
)
def test_the_axis_follows_what_is_measured(axis: Axis, values: list[float], ends: tuple[str, str]) -> None:
    drawn = plot([str(value) for value in values], [Series("", values)], axis=axis)

    assert (drawn.grid[0][1], drawn.grid[-1][1]) == ends


def test_the_newest_figures_stand_beside_without_covering_each_other() -> None:
    drawn = plot(["一", "二"], [Series(str(number), [1, 99.0 + number / 10]) for number in range(4)], axis=Axis.PERCENT)

    heights = [mark.y for mark in drawn.newest]
    assert sorted(mark.x for mark in drawn.newest) == [1, 2, 3, 4]
    assert all(after - before > LABEL_HEIGHT - 0.01 for before, after in pairwise(heights))
    assert heights[-1] <= drawn.floor


def test_every_drawing_of_a_component_has_a_size_of_its_own() -> None:
    """A drawing that only some parents size fills the cell of any other: a warning mark stood as large as a hand."""
    unsized = [
        f"{path.name}: {tag}"
        for path in COMPONENTS.glob("*.html")
        for tag in re.findall(r"<svg[^>]*>", re.sub(r"{%.*?%}", "", path.read_text()))
        if "height=" not in tag
    ]
    assert not unsized, f"give these <svg> width and height (CSS may still change them): {unsized}"
