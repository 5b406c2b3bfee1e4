"""Small charts: round scales, honest bars, lines that break where a figure is missing."""

from hypothesis import given
from hypothesis import strategies as some

from app.web.charts import Series, plot, round_scale

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
    drawn = plot(["一", "二", "三", "四"], [Series("%", [1, 2, None, 3])], from_zero=False)

    assert len(drawn.points[0]) == 3
    assert [(step.x1, step.x2) for step in drawn.steps[0]] == [(12.5, 37.5)]


def test_a_chart_without_figures_still_draws() -> None:
    drawn = plot(["一"], [Series("张", [None])])

    assert drawn.bars == [[]]
    assert drawn.grid
