"""The tables of what the platform counts, what editors add to the search, what is changed in the settings; see `tables`."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text

from bot.archive.tables import Moment, metadata

# What the platform has counted of an issue's article, from its publication to the end of `day`.
article_reads = Table(
    "article_reads",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("issue_id", String(16), ForeignKey("issues.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("reads", Integer, nullable=False),  # people, as the other two
    Column("shares", Integer, nullable=False),
    Column("favourites", Integer, nullable=False),
)

# How many people began and ceased to follow the account on a day.
follower_changes = Table(
    "follower_changes",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("gained", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
)

# On which day the platform was last asked for the figures of a day: so that none is asked for in vain.
statistics_asked = Table(
    "statistics_asked",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("kind", String(16), primary_key=True),  # bot.archive.readership.Kind
    Column("day", Date, primary_key=True),
    Column("asked_on", Date, nullable=False),
)

# The newest try at all of them: one row an account.
statistics_rounds = Table(
    "statistics_rounds",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("tried_at", Moment, nullable=False),
    Column("done_on", Date),  # null until all was got once
    Column("problem", Text, nullable=False, server_default=""),  # a sentence, or empty
)

# Other names of the same thing, added in the console beside those of the files.
synonyms = Table(
    "synonyms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("line", Text, nullable=False),  # 甲 = 乙, as in the files
    Column("added_by", String(64), nullable=False),  # console:王芳
    Column("added_at", Moment, nullable=False),
    Column("removed_by", String(64), nullable=False, server_default=""),
    Column("removed_at", Moment),  # null while it counts
)

# What was changed in the settings from the console, and by whom; only ever added to.
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),  # console:王芳
    Column(
        "what", String(64), nullable=False
    ),  # schedule.publish_at, menu.buttons, wording.welcome
    Column("before", Text, nullable=False),  # empty: there was none
    Column("after", Text, nullable=False),
)
