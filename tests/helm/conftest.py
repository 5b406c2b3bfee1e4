"""The chart as helm renders it, with the values of each example."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

CHART = Path(__file__).parents[2] / "helm/yinghuo"
EXAMPLES = sorted((CHART / "examples").glob("*.yaml"))
HELM = Path(sys.executable).with_name("helm")
KUBERNETES = "1.37.0"

Render = Callable[..., list[dict[str, Any]]]


class HelmRefused(Exception):
    """helm has ended with an error; its text is what an operator reads."""


def helm(*arguments: str) -> str:
    """What helm prints.

    Raises:
        HelmRefused: it ended with an error.
    """
    run = subprocess.run([HELM, *arguments], check=False, capture_output=True, text=True)
    if run.returncode:
        raise HelmRefused(run.stdout + run.stderr)
    return run.stdout


def rendered_text(values: Path, *settings: str) -> str:
    """The manifests of a release `desk` in the namespace `yinghuo`."""
    chosen = [argument for each in settings for argument in ("--set-json", each)]
    return helm(
        *("template", "desk", str(CHART), "--namespace", "yinghuo", "--kube-version", KUBERNETES),
        *("--values", str(values), *chosen),
    )


@pytest.fixture
def render() -> Render:
    """All objects of the chart with an example's values and settings of one's own, as `web.replicas=3`."""

    def objects(values: Path, *settings: str) -> list[dict[str, Any]]:
        return [each for each in yaml.safe_load_all(rendered_text(values, *settings)) if each]

    return objects
