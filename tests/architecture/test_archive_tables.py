"""Every tenant table is in the tenant archive, or is listed with a reason why not."""

import pytest

from migrations.registry import mapped_classes
from tenants.data_lifecycle.tables import TenantTables, about_a_partner, excluded_tables
from tenants.rls import GLOBAL_TABLES

CLASSES = mapped_classes()
TABLES = TenantTables(CLASSES)
NOT_ABOUT_A_PARTNER = {
    "access_grant": "each side has a row of its own; headquarters' is its record of what it was let to read",
    "corrective_action": "each side has rows of its own; headquarters' hang on thresholds that stay with it",
    "royalty_charge": "headquarters' own reckoning, hanging on its statements",
    "royalty_invoice": "each side has a row of its own; headquarters' is the document that it issued",
    "royalty_statement": "each side has a row of its own; headquarters' charges and invoices hang on its one",
    "threshold_breach": "headquarters' own measurement, hanging on its thresholds",
}
"""Tables whose column `partner_id` or `partner_tenant_id` names a partner in another sense, with the reason."""


def test_every_table_is_in_or_left_out_with_a_reason() -> None:
    archived = {table.name for table in TABLES.archived}
    assert archived | set(excluded_tables()) | set(GLOBAL_TABLES) == set(CLASSES)
    assert not archived & set(excluded_tables())
    assert all(len(reason) > 20 for reason in excluded_tables().values()), "say why a table is left out"


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_headquarters_rows_about_a_partner_are_known(name: str) -> None:
    columns = {column.name for column in CLASSES[name].__table__.columns} & {"partner_id", "partner_tenant_id"}
    assert not columns or name in about_a_partner() or name in NOT_ABOUT_A_PARTNER, (
        f"{name}: rows about a partner belong into its archive: name the table in its area.py "
        "(about_a_partner), or say here why not"
    )


@pytest.mark.parametrize("table", TABLES.everything, ids=lambda table: str(table.name))
def test_keys_that_point_back_can_be_filled_in_later(table: object) -> None:
    """Rows that name each other are restored in two steps and loosened before they are erased."""
    for name in table.deferred_columns:  # type: ignore[attr-defined]
        assert table.table.columns[name].nullable  # type: ignore[attr-defined]
        assert not table.append_only, f"{table.name} could not be completed"  # type: ignore[attr-defined]


def test_parents_come_before_their_children() -> None:
    places = {table.name: place for place, table in enumerate(TABLES.everything)}
    for table in TABLES.everything:
        for key in table.table.foreign_key_constraints:
            if not key.use_alter and key.referred_table is not table.table:
                assert places[key.referred_table.name] < places[table.name]
