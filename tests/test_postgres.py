"""What only PostgreSQL can get wrong, and what an operator is told then."""

import sys

import pytest
from sqlalchemy import Engine, text

from bot.archive.database import open_engine, reading, schema_of, writing
from bot.archive.upgrade import upgrade
from bot.errors import ArchiveError, ConfigError
from tests import postgres


def said_on_opening(url: str) -> str:
    engine = open_engine(url)
    with pytest.raises(ArchiveError) as caught:
        schema_of(engine)
    engine.dispose()
    return str(caught.value)


def test_a_server_that_is_not_there_is_told_without_the_password():
    told = said_on_opening("postgresql://me:geheim@127.0.0.1:1/rikan?connect_timeout=2")
    assert "连不上 PostgreSQL" in told
    assert "geheim" not in told


def test_a_database_that_is_not_there_is_told(postgres_server: postgres.Server):
    assert "没有这个数据库" in said_on_opening(postgres_server.url("nothing"))


def test_a_database_that_holds_no_chinese_is_refused(postgres_server: postgres.Server):
    url = postgres_server.new_database(encoding="LATIN1")
    assert "LATIN1，存不了中文" in said_on_opening(url)


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match="pip install"):
        open_engine("postgresql://me@127.0.0.1/rikan")


@pytest.fixture
def engine(postgres_server: postgres.Server):
    engine = open_engine(postgres_server.new_archive())
    yield engine
    engine.dispose()


def test_the_short_name_of_the_scheme_is_understood(postgres_server: postgres.Server):
    engine = open_engine(postgres_server.new_archive().replace("postgresql", "postgres", 1))
    upgrade(engine)
    engine.dispose()


def test_an_account_without_rights_is_told_what_is_missing(engine: Engine):
    with writing(engine) as connection:
        connection.execute(text("DROP ROLE IF EXISTS guest; CREATE ROLE guest"))
    with pytest.raises(ArchiveError, match="没有建表或读写的权限"), reading(engine) as connection:
        connection.execute(text("SET LOCAL ROLE guest; SELECT * FROM issues"))


def test_reading_never_writes(engine: Engine):
    with pytest.raises(ArchiveError, match="只读"), reading(engine) as connection:
        connection.execute(text("DELETE FROM issues"))


def test_a_restarted_server_is_connected_to_again(engine: Engine):
    assert schema_of(engine)
    with writing(engine) as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert schema_of(engine)
    with pytest.raises(ArchiveError, match="连接断了"), writing(engine) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert schema_of(engine)


def test_a_fault_of_ours_shows_itself(engine: Engine):
    with pytest.raises(Exception, match="nowhere"), reading(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere"))


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql"])
def test_other_databases_are_refused_with_those_that_are_known(url: str):
    with pytest.raises(ConfigError, match=r"sqlite:///.*postgresql://"):
        open_engine(url)
