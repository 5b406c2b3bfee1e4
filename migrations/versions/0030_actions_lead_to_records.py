"""What an action from the field led to may be a dozen photos."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("field_action", "leads_to", existing_type=sa.String(200), type_=sa.String(600))


def downgrade() -> None:
    op.alter_column("field_action", "leads_to", existing_type=sa.String(600), type_=sa.String(200))
