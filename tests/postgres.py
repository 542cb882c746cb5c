"""A real PostgreSQL of the tests' own, on a unix socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text

from bot.archive.database import open_engine
from bot.archive.upgrade import upgrade

# Debian keeps the server's programs out of the PATH, by version.
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
# Nothing here outlives the test: the disk need not be waited for.
SETTINGS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"
NAMES = count(1)


def program(name: str) -> str | None:
    """Where a program of the server is, if it is installed."""
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *map(str, DEBIAN)]))


def why_not() -> str:
    """Why there can be no server here; empty if there can."""
    if not program("initdb") or not program("pg_ctl"):
        return "no PostgreSQL server; on Debian: apt-get install postgresql"
    if os.geteuid() == 0 and not _unprivileged():
        return "PostgreSQL refuses to run as root, and there is no user postgres or nobody"
    return ""


def _unprivileged() -> pwd.struct_passwd | None:
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known.get("nobody")


class Server:
    """Makes databases."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user
        self._archive = ""

    def url(self, name: str) -> str:
        place = URL.create("postgresql", self._user, host="", database=name)
        return f"{place.render_as_string()}?host={self._folder}"

    def new_database(self, template: str = "template0", encoding: str = "UTF8") -> str:
        """The URL of a database that nothing else uses."""
        name = f"rikan_{next(NAMES)}"
        engine = create_engine(
            self.url("postgres").replace("postgresql", "postgresql+psycopg", 1),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.execute(
                text(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}'")
            )
        engine.dispose()
        return self.url(name)

    def new_archive(self) -> str:
        """The URL of an empty archive: a copy, which is quicker than all the migrations."""
        if not self._archive:
            url = self.new_database()
            engine = open_engine(url)
            upgrade(engine)
            engine.dispose()
            self._archive = str(engine.url.database)
        return self.new_database(self._archive)


@contextmanager
def running() -> Iterator[Server]:
    """A new server; it and everything in it is gone at the end."""
    user = _unprivileged() if os.geteuid() == 0 else None
    rights: dict[str, Any] = {}
    if user:
        rights = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=folder, **rights)

    folder = Path(tempfile.mkdtemp(prefix="rikan-pg-"))
    try:
        if user:
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        data, log = str(folder / "data"), str(folder / "log")
        initdb, pg_ctl = program("initdb"), program("pg_ctl")
        assert initdb
        assert pg_ctl
        run(
            initdb,
            "-D",
            data,
            "-U",
            "rikan",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        )
        run(pg_ctl, "-D", data, "-l", log, "-w", "-o", f"-k {folder} {SETTINGS}", "start")
        try:
            yield Server(folder, "rikan")
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)
