"""What every pod of the chart may not do, whichever values it is rendered with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helm.conftest import EXAMPLES, Render


def pods_of(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The specifications of pods in any object, by the object's name."""
    for each in objects:
        spec = each.get("spec", {})
        name = f"{each['kind']} {each['metadata']['name']}"
        match each["kind"]:
            case "Pod":
                yield name, spec
            case "Deployment" | "StatefulSet" | "Job":
                yield name, spec["template"]["spec"]
            case "CronJob":
                yield name, spec["jobTemplate"]["spec"]["template"]["spec"]


def faults_of(pod: dict[str, Any]) -> Iterator[str]:
    """What the pod could do, or could be done to it, that it need not."""
    if pod.get("automountServiceAccountToken") is not False:
        yield "has a token of Kubernetes"
    if not pod["securityContext"].get("runAsNonRoot"):
        yield "may be root"
    if pod["securityContext"].get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "without seccomp"
    if any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
        yield "shares the machine's namespaces"
    if any("hostPath" in volume for volume in pod.get("volumes", [])):
        yield "reads the machine's disk"
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        allowed = container["securityContext"]
        if allowed.get("allowPrivilegeEscalation") is not False:
            yield "may gain privileges"
        if not allowed.get("readOnlyRootFilesystem"):
            yield "may change its image"
        if allowed.get("capabilities") != {"drop": ["ALL"]}:
            yield "has capabilities"
        if not container["resources"].get("limits", {}).get("memory"):
            yield "may take all memory"
        if not container["resources"].get("requests", {}).get("cpu"):
            yield "is promised no processor"
        if container["image"].endswith(":latest"):
            yield "runs whatever is newest"
        for variable in container.get("env", []):
            if "value" in variable and any(word in variable["name"] for word in ("SECRET", "PASSWORD", "TOKEN")):
                yield f"tells {variable['name']} to whoever may read pods"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_no_pod_may_do_more_than_its_work(example: Path, render: Render) -> None:
    pods = list(pods_of(render(example)))
    found = [f"{name}: {fault}" for name, pod in pods for fault in faults_of(pod)]
    assert len(pods) > 5
    assert not found, "\n".join(found)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_what_runs_for_long_is_watched_over(example: Path, render: Render) -> None:
    for name, pod in pods_of([each for each in render(example) if each["kind"] == "Deployment"]):
        for container in pod["containers"]:
            assert {"startupProbe", "livenessProbe"} <= set(container), name
            if container.get("ports"):
                assert "readinessProbe" in container, name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_is_reached_that_no_policy_names(example: Path, render: Render) -> None:
    policies = [each["spec"] for each in render(example) if each["kind"] == "NetworkPolicy"]
    nothing = [each for each in policies if "ingress" not in each and "egress" not in each]
    assert [sorted(each["policyTypes"]) for each in nothing] == [["Egress", "Ingress"]]
    blocks = [
        to["ipBlock"]
        for each in policies
        for rule in each.get("egress", [])
        for to in rule.get("to", [])
        if "ipBlock" in to and to["ipBlock"]["cidr"].endswith("/0")
    ]
    assert blocks
    assert all("169.254.0.0/16" in each["except"] for each in blocks if ":" not in each["cidr"]), "machine's metadata"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_copies_stand_apart_and_do_not_all_go_at_once(example: Path, render: Render) -> None:
    objects = render(example)
    budgets = [each["spec"]["selector"]["matchLabels"] for each in objects if each["kind"] == "PodDisruptionBudget"]
    for each in objects:
        if each["kind"] != "Deployment":
            continue
        labels = each["spec"]["selector"]["matchLabels"]
        assert labels in budgets, each["metadata"]["name"]
        assert len(each["spec"]["template"]["spec"]["topologySpreadConstraints"]) == 2, each["metadata"]["name"]
