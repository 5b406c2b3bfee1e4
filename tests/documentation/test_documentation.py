"""The generated parts of docs/ are up to date and its references exist."""

import re
from pathlib import Path

import pytest

from app.cli import main
from app.platform.kernel.areas import Area, areas
from app.platform.kernel.settings import Settings
from tests.documentation.architecture_pictures import ARCHITECTURE, architecture_page
from tests.documentation.feature_table import FEATURES, feature_titles, features_page
from tests.documentation.generated import (
    DOCS,
    LIFECYCLE,
    OPERATIONS,
    TENANT_EXPORT,
    lifecycle_page,
    operations_page,
    tenant_export_page,
)
from tests.documentation.permission_matrix import PERMISSIONS, permissions_page
from tests.documentation.state_machines import STATE_MACHINES, state_machines_page

ROOT = DOCS.parent
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
REGENERATE = "run: python -m tests.documentation.generated"


def test_the_ticket_s_life_is_drawn_from_its_rules() -> None:
    assert LIFECYCLE.read_text() == lifecycle_page(), REGENERATE


def test_state_machines_are_drawn_from_their_declarations() -> None:
    assert STATE_MACHINES.read_text() == state_machines_page(), REGENERATE


def test_districts_and_the_way_of_a_report_are_drawn_from_the_code() -> None:
    assert ARCHITECTURE.read_text() == architecture_page(), REGENERATE


def test_the_tables_of_an_archive_are_those_of_the_program() -> None:
    assert TENANT_EXPORT.read_text() == tenant_export_page(), REGENERATE


def test_every_setting_is_listed_and_explained() -> None:
    assert OPERATIONS.read_text() == operations_page(), REGENERATE
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_matrix_of_permissions_is_that_of_policy_and_routes() -> None:
    assert PERMISSIONS.read_text() == permissions_page(), REGENERATE


def test_every_feature_is_found_where_its_area_says() -> None:
    assert FEATURES.read_text() == features_page(), REGENERATE


@pytest.mark.parametrize("area", areas(), ids=lambda area: area.package)
def test_an_area_builds_features_of_the_mission_by_commands_that_exist(area: Area) -> None:
    assert set(area.features) <= set(feature_titles()), "docs/features.toml holds every id of the mission"
    groups = {f"{group.name} ": group.typer_instance for group in main.registered_groups} | {"": main}
    commands = {
        f"{prefix}{command.name or getattr(command.callback, '__name__', '')}"
        for prefix, group in groups.items()
        for command in (group.registered_commands if group else ())
    }
    assert set(area.commands) <= commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:app|tenants|rbac|billing|migrations|tests|docs)/[\w./-]+)`", page.read_text())
    # A page that has its readers write a file shows it below its name.
    made = re.findall(r"^`([\w./-]+)`\n\n```", page.read_text(), re.MULTILINE)
    assert [name for name in named if name not in made and not (ROOT / name).exists()] == []
