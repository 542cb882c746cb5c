"""The archive's tables. What may be empty is said here; the migrations create them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

SCHEMA = "0011"  # the newest migration

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC: SQLite has no time zones of its own."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment rather than guess its zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Aware again."""
        return value and value.replace(tzinfo=UTC)


issues = Table(
    "issues",
    metadata,
    Column("id", String(16), primary_key=True),  # 2026-06-13, or 2026-06-13-2
    Column("day", Date, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("name", Text, nullable=False),  # Issue.name and .headline, for lists
    Column("headline", Text, nullable=False),
    Column("structure", Text, nullable=False),  # JSON: the whole issue; the truth of this row
    Column("source_name", Text, nullable=False),  # the editors' file, without its folder
    Column("source_digest", String(64), nullable=False),  # SHA-256 of that file
    Column("added_at", Moment, nullable=False),
    UniqueConstraint("day", "edition"),
)

# What a replaced issue was before, and the file it came from (kept by its digest: `sources`).
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue_id", String(16), ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("structure", Text, nullable=False),  # these four as in issues
    Column("source_name", Text, nullable=False),
    Column("source_digest", String(64), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("replaced_at", Moment, nullable=False),
    Index("versions_of_issue", "issue_id", "id"),
)

# Derived from issues.structure, for the search: written and deleted with it in one transaction.
sections = Table(
    "sections",
    metadata,
    Column("id", Integer, primary_key=True),  # also the rowid of section_index
    Column("issue_id", String(16), ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),  # 0 is the summary
    Column("heading", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("folded_heading", Text, nullable=False),  # words.fold of the two, of the same length
    Column("folded_body", Text, nullable=False),
    Index("sections_of_issue", "issue_id", "position"),
)

# One row: by which rules the search index was made. The index itself is the database's own kind of
# table (`fts5`, `tsvector`).
index_state = Table(
    "index_state",
    metadata,
    Column("tokenizer", String(16), primary_key=True),  # words.TOKENIZER_VERSION
    Column("rebuilding", String(16)),  # null, or the version that a new one is being made by
    Column("rebuilt_to", Integer),  # the last section that the new one holds; null with the former
)

# One row: how often issues, deliveries and editors have changed. The database counts (migrations
# 0005 and 0007).
revision = Table("revision", metadata, Column("number", BigInteger, nullable=False))

# One row per issue and account: a trial in the sandbox is not a publication on the platform.
deliveries = Table(
    "deliveries",
    metadata,
    Column("issue_id", String(16), ForeignKey("issues.id"), primary_key=True),
    Column("account", String(128), primary_key=True),  # config: wechat.account
    Column("state", String(16), nullable=False),
    Column("media_id", Text, nullable=False, server_default=""),
    Column("fingerprint", String(64), nullable=False, server_default=""),  # of what media_id holds
    Column("publish_id", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("cover_url", Text, nullable=False, server_default=""),
    Column("problem", Text, nullable=False, server_default=""),  # the sentence an editor reads
    Column("leased_until", Moment),  # null unless somebody is at it
    Column("updated_at", Moment, nullable=False),
    Column("way", String(8), nullable=False, server_default=""),  # draft, publish or mass
    Column("checked", String(64), nullable=False, server_default=""),  # the fingerprint read back
    Column("article_id", Text, nullable=False, server_default=""),  # freepublish only
    Column("msg_data_id", Text, nullable=False, server_default=""),  # mass only
    Column("findings", Text, nullable=False, server_default=""),  # a sentence a line
    Index("deliveries_by_publish_id", "account", "publish_id"),
    Index("deliveries_by_state", "account", "state"),
)

# The record of each delivery: only ever added to, in the transaction that changes the delivery.
steps = Table(
    "steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue_id", String(16), ForeignKey("issues.id"), nullable=False),
    Column("account", String(128), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),  # cli:ann, worker, event
    Column("what", String(16), nullable=False),  # bot.delivery.Deed
    Column("before", String(16), nullable=False),  # the two states; the same where it stayed
    Column("after", String(16), nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Index("steps_of_delivery", "account", "issue_id", "id"),
)

# What the platform said of a publication: its event may arrive before the answer to our own call.
outcomes = Table(
    "outcomes",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("publish_id", String(64), primary_key=True),
    Column("status", Integer, nullable=False),  # the platform's publish_status; 0 is success
    Column("url", Text, nullable=False),  # empty unless it succeeded
    Column("noted_at", Moment, nullable=False),
    Column("article_id", Text, nullable=False, server_default=""),  # freepublish only
)

# What an account's library already holds, so that the same picture is uploaded once.
uploads = Table(
    "uploads",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("place", String(8), primary_key=True),  # body (uploadimg) or cover (add_material)
    Column("digest", String(64), primary_key=True),  # SHA-256 of the file
    Column("media_id", Text, nullable=False),  # empty for a body picture
    Column("url", Text, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
)

# What an editor wants different about an issue's looks; empty is what the issue itself asks for.
covers = Table(
    "covers",
    metadata,
    Column(
        "issue_id",
        String(16),
        ForeignKey("issues.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("headline", Text, nullable=False, server_default=""),
    Column("layout", String(32), nullable=False, server_default=""),
    Column("palette", String(32), nullable=False, server_default=""),
    Column("picture", String(64), nullable=False, server_default=""),  # SHA-256 of the file
    Column("changed_at", Moment, nullable=False),
    Column("theme", String(32), nullable=False, server_default=""),  # these four: of the article
    Column("author", Text, nullable=False, server_default=""),
    Column("digest", Text, nullable=False, server_default=""),
    Column("source_url", Text, nullable=False, server_default=""),
)

# Who may do more than ask, by writing to the account. The openid is kept as it is: previews go there.
editors = Table(
    "editors",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("openid", String(64), primary_key=True),
    Column("name", String(32), nullable=False),
    Column("bound_at", Moment, nullable=False),
    UniqueConstraint("account", "name"),
)

# The codes that make somebody an editor, once.
invitations = Table(
    "invitations",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the code
    Column("account", String(128), nullable=False),
    Column("name", String(32), nullable=False),  # of the editor to be
    Column("invited_by", String(64), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

# Who has approved which content of an issue; a correction has another fingerprint.
approvals = Table(
    "approvals",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("issue_id", String(16), ForeignKey("issues.id"), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("who", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)

# What editors are told without having asked, once each, whichever process comes first.
notices = Table(
    "notices",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("about", String(16), primary_key=True),  # an issue, or a day
    Column("kind", String(24), primary_key=True),  # ready, or with what it is of: ready:9f3c
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),  # when it was decided
    Column("leased_until", Moment),  # somebody is telling it, or it failed: not again before then
    Column("told_at", Moment),  # null until somebody was reached
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("problem", Text, nullable=False, server_default=""),
    Index("notices_untold", "account", "told_at"),
)

# Who may sign in to the console. Their passwords are kept as Argon2id says, in the PHC form.
accounts = Table(
    "accounts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("role", String(16), nullable=False),  # bot.archive.accounts.Role
    Column("password", Text, nullable=False),
    Column("second_factor", String(64), nullable=False, server_default=""),  # sealed; empty: none
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # of a code that was used
    Column("openid", String(64), nullable=False, server_default=""),  # the same person in the chat
    Column("made_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

# Links that make somebody an account, or give an account another password, once.
account_invitations = Table(
    "account_invitations",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the link ends in
    Column("name", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("openid", String(64), nullable=False, server_default=""),
    Column("invited_by", String(64), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

# Who is signed in, and from what; a row that is gone is signed out.
account_sessions = Table(
    "account_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the cookie holds
    Column("name", String(32), ForeignKey("accounts.name"), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # to the minute
    Column("address", String(64), nullable=False),
    Column("browser", String(64), nullable=False),
    Index("sessions_of_account", "name"),
)

# How often somebody failed to sign in, by account and by address: the next try waits.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("mark", String(64), primary_key=True),  # SHA-256 of a name, or of an address
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)

# Who has an issue open in the editor; of no meaning two minutes later. The issue may not be kept yet.
editing = Table(
    "editing",
    metadata,
    Column("issue_id", String(16), primary_key=True),
    Column("name", String(32), primary_key=True),  # of the account
    Column("seen_at", Moment, nullable=False),
)
