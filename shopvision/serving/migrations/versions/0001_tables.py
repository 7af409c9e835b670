"Predictions, events, listings, pictures; the current predictions as a view"
import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table('predictions',
        sa.Column('prediction_id', sa.String(26), primary_key=True), sa.Column('merchant_id', sa.String(200), nullable=False),
        sa.Column('listing_id', sa.String(500), nullable=False), sa.Column('standing', sa.String(27), nullable=False),
        sa.Column('body', sa.Text, nullable=False))
    op.create_index('predictions_current', 'predictions', ['merchant_id', 'listing_id', 'standing'])
    op.create_table('events',
        sa.Column('id', sa.String(40), primary_key=True), sa.Column('stream', sa.String(20), nullable=False),
        sa.Column('merchant_id', sa.String(200), nullable=False), sa.Column('key', sa.String(500), nullable=False),
        sa.Column('actor', sa.String(200), nullable=False), sa.Column('time', sa.String(30), nullable=False),
        sa.Column('sent', sa.String(32), unique=True), sa.Column('body', sa.Text, nullable=False))
    op.create_index('events_of_key', 'events', ['stream', 'key', 'id'])
    op.create_index('events_of_merchant', 'events', ['stream', 'merchant_id', 'id'])
    op.create_table('listings',
        sa.Column('merchant_id', sa.String(200), primary_key=True), sa.Column('listing_id', sa.String(500), primary_key=True),
        sa.Column('time', sa.String(30), nullable=False), sa.Column('body', sa.Text, nullable=False))
    op.create_table('pictures', sa.Column('digest', sa.String(40), primary_key=True), sa.Column('body', sa.LargeBinary, nullable=False))
    op.execute('CREATE VIEW current_predictions AS SELECT * FROM predictions p WHERE standing = (SELECT max(standing) FROM predictions q '
               'WHERE q.merchant_id = p.merchant_id AND q.listing_id = p.listing_id)')


def downgrade() -> None:
    op.execute('DROP VIEW current_predictions')
    for table in ('pictures', 'listings', 'events', 'predictions'): op.drop_table(table)
