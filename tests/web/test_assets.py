"""The built files: found by name, missing ones explained, light enough for a phone on a slow network."""

import gzip
from pathlib import Path

import pytest

from app.platform.web import gallery
from app.platform.web.assets import BUILD_FOLDER, Assets, AssetsNotBuilt
from app.platform.web.rendering import Renderer

KILOBYTE = 1024


def gzipped_size(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def test_a_built_file_carries_the_hash_of_its_content_in_its_name() -> None:
    address = Assets().address("employee.css")

    assert address.startswith("/static/build/employee-")
    assert (BUILD_FOLDER / address.rsplit("/", 1)[1]).is_file()


def test_without_a_build_the_answer_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssetsNotBuilt, match="npm run build"):
        Assets(tmp_path)


def test_an_unknown_file_or_icon_is_an_error_that_says_where_to_look() -> None:
    assets = Assets()

    with pytest.raises(LookupError, match="it has"):
        assets.address("workspac.css")
    with pytest.raises(LookupError, match=r"icons\.json"):
        assets.icon("unicorn")


@pytest.mark.parametrize("name", ["employee", "follow"])
def test_the_employee_page_with_everything_it_loads_is_light(renderer: Renderer, name: str) -> None:
    assets = Assets()
    page = renderer.page(gallery.PAGES[name], gallery.context())
    loaded = [
        BUILD_FOLDER / assets.address(file).rsplit("/", 1)[1] for file in ("employee.css", "employee.js", "favicon.svg")
    ]

    weight = gzipped_size(page.encode()) + sum(gzipped_size(path.read_bytes()) for path in loaded)

    assert weight < 25 * KILOBYTE


def test_nothing_built_asks_a_foreign_server() -> None:
    for path in [*BUILD_FOLDER.glob("*.css"), *BUILD_FOLDER.glob("*.svg"), BUILD_FOLDER / "sw.js"]:
        text = path.read_text().replace("http://www.w3.org/", "")
        assert "http://" not in text, path.name
        assert "https://" not in text, path.name


def test_no_text_is_smaller_than_thirteen_pixels() -> None:
    styles = (Path(__file__).parents[2] / "app/platform/web/assets/src/css").rglob("*.css")

    for path in styles:
        for line in path.read_text().splitlines():
            if "font-size:" in line or ("--text-" in line and ":" in line):
                value = line.split(":", 1)[1].strip(" ;")
                if value.endswith("rem"):
                    assert float(value.removesuffix("rem")) * 16 >= 13, f"{path.name}: {line}"
                if value.endswith("px"):
                    assert float(value.removesuffix("px")) >= 13, f"{path.name}: {line}"
