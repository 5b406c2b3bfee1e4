"""Faults that others' charts and operations shipped, by the number of their report, and the tests that hold what is
right."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.helm.conftest import EXAMPLES, Render

TESTS: Final = Path(__file__).parents[1]
HELD_BY: Final[dict[str, tuple[str, ...]]] = {
    "H1: a migration was killed half-way": (
        "helm/test_chart.py::test_the_migration_is_done_before_anything_new_runs",
        "helm/test_hardening.py::test_what_runs_for_long_is_watched_over",
        "migrations/test_at_once.py::test_three_at_once_of_which_one_is_killed",
    ),
    "H2: copies migrated at once": ("migrations/test_at_once.py::test_three_at_once_of_which_one_is_killed",),
    "H3: a hook lacked its configuration": (
        "helm/test_shipped_faults.py::test_what_runs_before_the_release_needs_nothing_of_it",
    ),
    "H5: queued work was thrown away": (
        "embedded/test_valkey.py::test_it_never_throws_queued_work_away",
        "cli/test_doctor.py::test_a_redis_that_forgets_is_broken",
        "background/test_waking.py::test_without_workers_messages_do_not_pile_up_and_a_lost_one_is_sent_again",
    ),
    "H6: two schedulers doubled every job": (
        "background/test_schedule.py::test_several_schedulers_run_a_job_once_a_day_in_every_tenant",
    ),
    "H8: a scale-down killed work and sockets": (
        "helm/test_chart.py::test_a_rolling_update_drains_a_pod_before_it_ends",
        "background/test_waking.py::test_a_worker_that_is_told_to_end_does_not_wait_for_an_hour_of_copying",
    ),
    "H10: a read-only root broke pods and hooks": (
        "helm/test_hardening.py::test_no_pod_may_do_more_than_its_work",
        "helm/test_image.py::test_who_may_change_nothing_there_is_served",
    ),
    "H11: an uninstall deleted the volume": ("helm/test_shipped_faults.py::test_what_people_have_stored_outlives_it",),
    "H13: a restore failed on ownership and rights": (
        "migrations/test_backup.py::test_what_was_backed_up_comes_back_with_its_isolation",
    ),
    "H14: nine o'clock was that of another zone": (
        "background/test_schedule.py::test_the_slot_is_the_date_on_which_the_hour_last_struck_in_xiamen",
    ),
    "H15: a clock stepped back": (
        "identity/test_clocks.py::test_a_clock_that_steps_back_shuts_nobody_out",
        "cli/test_doctor.py::test_a_clock_that_is_wrong_is_found",
    ),
}


@pytest.mark.parametrize("fault", HELD_BY)
def test_the_tests_that_hold_it_are_there(fault: str) -> None:
    for each in HELD_BY[fault]:
        file, _, name = each.partition("::")
        assert re.search(rf"def {name}\(", (TESTS / file).read_text()), each


def _named(value: Any) -> set[str]:
    """Names of ConfigMaps, Secrets and accounts that a part of an object refers to."""
    if isinstance(value, list):
        return set[str]().union(*map(_named, value))
    if not isinstance(value, dict):
        return set()
    found = {value["serviceAccountName"]} if "serviceAccountName" in value else set()
    for key, each in value.items():
        if key in ("configMapRef", "secretRef", "configMapKeyRef", "secretKeyRef", "configMap", "secret"):
            found |= {each.get("name") or each.get("secretName")}
        else:
            found |= _named(each)
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.stem)
def test_what_runs_before_the_release_needs_nothing_of_it(example: Path, render: Render) -> None:
    """What a hook names is the operator's own, or a hook that comes earlier."""
    objects = render(example)
    made = {
        each["metadata"]["name"]: each for each in objects if each["kind"] in ("ConfigMap", "Secret", "ServiceAccount")
    }
    for job in (each for each in objects if each["kind"] == "Job" and _hook(each)):
        for name in _named(job["spec"]["template"]["spec"]) & made.keys():
            assert _hook(made[name]), f"{job['metadata']['name']} needs {name}, which is not there yet"
            assert _weight(made[name]) < _weight(job)


def _hook(thing: dict[str, Any]) -> bool:
    return "pre-install" in thing["metadata"].get("annotations", {}).get("helm.sh/hook", "")


def _weight(thing: dict[str, Any]) -> int:
    return int(thing["metadata"]["annotations"].get("helm.sh/hook-weight", "0"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.stem)
def test_what_people_have_stored_outlives_it(example: Path, render: Render) -> None:
    """Claims are kept by an uninstall, and no upload lies in a folder that ends with its pod."""
    objects = render(example)
    for claim in (each for each in objects if each["kind"] == "PersistentVolumeClaim"):
        assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    for pod in (each["spec"]["template"]["spec"] for each in objects if each["kind"] in ("Deployment", "StatefulSet")):
        passing = {volume["name"] for volume in pod.get("volumes", ()) if "emptyDir" in volume}
        mounts = [mount for container in pod["containers"] for mount in container.get("volumeMounts", ())]
        assert not [each["mountPath"] for each in mounts if each["name"] in passing and "files" in each["mountPath"]]
