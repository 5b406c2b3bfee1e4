"""The chart renders, is accepted by Kubernetes' own schemas, and refuses values that cannot work with a reason."""

import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.helm.conftest import CHART, EXAMPLES, HELM, KUBERNETES, HelmRefused, Render, helm, rendered_text

GOLDEN = Path(__file__).parent / "rendered"
FOREIGN = ("cnpg.io", "external-secrets.io", "gateway.networking.k8s.io", "monitoring.coreos.com")
"""Kinds of other people's, whose schemas are not Kubernetes'."""
REGION = CHART / "examples/region.yaml"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_chart_is_linted_with_every_example(example: Path) -> None:
    helm("lint", "--strict", str(CHART), "--values", str(example))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_kubernetes_knows_every_object_and_field(example: Path, render: Render) -> None:
    for each in render(example):
        if not any(group in each["apiVersion"] for group in FOREIGN):
            kubernetes_validate.validate(each, KUBERNETES.rpartition(".")[0], strict=True)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_rendered_is_what_was_read_and_approved(example: Path) -> None:
    kept = GOLDEN / example.name
    assert rendered_text(example) == kept.read_text(), (
        f"The chart renders something else. Read the difference, then keep it: "
        f"helm template desk helm/yinghuo --namespace yinghuo --kube-version {KUBERNETES} "
        f"--values {example.relative_to(CHART.parents[1])} > {kept.relative_to(CHART.parents[1])}"
    )


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("web.replica=3", "replica is not allowed"),
        ('publicUrl="http://desk.example.cn"', "publicUrl"),
        ('settings={"YINGHUO_SECRET":"in the values"}', "settings"),
        ("web.replicas=0", "web.replicas"),
        ("secrets.externalSecret.enabled=false", "secrets.existingSecret: name the Secret"),
        ('files.s3.bucket=""', "files: name a bucket"),
        ("files.volume.enabled=true", "either files.s3.bucket or files.volume"),
        ("ingress.enabled=true", "Either ingress or gateway"),
        ('workers.long.queues=["figures"]', "nobody listens to the queue long"),
        ("valkey.enabled=true", "valkey.existingSecret"),
    ],
)
def test_values_that_cannot_work_are_refused_with_a_reason(setting: str, sentence: str) -> None:
    with pytest.raises(HelmRefused) as refused:
        rendered_text(REGION, setting)
    assert sentence in str(refused.value)


def test_helm_itself_is_there() -> None:
    run = subprocess.run([HELM, "version", "--short"], check=True, capture_output=True, text=True)
    assert run.stdout.startswith("v")


def objects_of(render: Render, values: Path, kind: str, *settings: str) -> list[dict[str, Any]]:
    return [each for each in render(values, *settings) if each["kind"] == kind]


def test_the_migration_is_done_before_anything_new_runs(render: Render) -> None:
    (job,) = objects_of(render, REGION, "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"][:3] == ["yinghuo", "migrate", "--wait"]


def test_a_rolling_update_drains_a_pod_before_it_ends(render: Render) -> None:
    web = next(each for each in objects_of(render, REGION, "Deployment") if each["metadata"]["name"].endswith("-web"))
    spec = web["spec"]["template"]["spec"]
    drain = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert web["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert spec["terminationGracePeriodSeconds"] >= drain + 30, "requests may take 30 seconds to end after the drain"
