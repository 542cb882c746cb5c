"""The archive's tables. What may be empty is said here; the migrations create them."""

from sqlalchemy import (
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
    UniqueConstraint,
)

metadata = MetaData()

issues = Table(
    "issues",
    metadata,
    Column("id", String(16), primary_key=True),  # 2026-06-13, or 2026-06-13-2
    Column("day", Date, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("structure", Text, nullable=False),  # JSON: the whole issue; the truth of this row
    Column("source_name", Text, nullable=False),  # the editors' file, without its folder
    Column("source_digest", String(64), nullable=False),  # SHA-256 of that file
    Column("added_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("day", "edition"),
)

# Derived from issues.structure, for the search: written and deleted with it in one transaction.
sections = Table(
    "sections",
    metadata,
    Column("id", Integer, primary_key=True),  # also the rowid of section_index
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),  # 0 is the summary
    Column("heading", Text, nullable=False),
    Column("body", Text, nullable=False),  # empty for a heading with only sub-sections
    Column("folded_heading", Text, nullable=False),  # words.fold of the two, of the same length
    Column("folded_body", Text, nullable=False),
    Index("sections_of_issue", "issue_id", "position"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("issue_id", ForeignKey("issues.id"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("media_id", Text, nullable=False, server_default=""),
    Column("fingerprint", String(64), nullable=False, server_default=""),  # of what media_id holds
    Column("publish_id", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("problem", Text, nullable=False, server_default=""),  # the sentence an editor reads
    Column("leased_until", DateTime(timezone=True)),  # null unless somebody is at it
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("deliveries_by_publish_id", "publish_id"),
)

# What this account's library already holds, so that the same picture is uploaded once.
uploads = Table(
    "uploads",
    metadata,
    Column("appid", String(64), primary_key=True),
    Column("place", String(8), primary_key=True),  # body (uploadimg) or cover (add_material)
    Column("digest", String(64), primary_key=True),  # SHA-256 of the file
    Column("reference", Text, nullable=False),  # the platform's URL (body) or media_id (cover)
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
)

# One row a fact about the database itself: the version of the search's token stream.
facts = Table(
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
