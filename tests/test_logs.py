"""One log of all processes: readable, sorted by what it is about, and without a secret."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import load_config, secrets_of

ROOT = Path(__file__).parents[1]
# A process of its own: a log is begun once in a process.
SPEAK = """
import logging, structlog
from pathlib import Path
from bot.config import load_config
from bot.logs import begin_log, bound, name_process
begin_log("web", load_config(Path({path!r}), {{}}))
log = logging.getLogger("bot.somewhere")
{speech}
"""
SECRET = "the-appsecret-0123456789"


@pytest.fixture
def say(tmp_path):
    def run(speech, form="json", level="info"):
        path = tmp_path / "config.toml"
        path.write_text(
            f'[wechat]\nappsecret = "{SECRET}"\n[log]\nformat = "{form}"\nlevel = "{level}"\n'
        )
        words = [sys.executable, "-c", SPEAK.format(path=str(path), speech=speech)]
        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout == ""
        return done.stderr

    return run


def test_a_line_has_its_time_its_process_and_what_it_is_about(say):
    said = json.loads(
        say('with bound(issue="2026-06-13", job="push_issue"): log.info("sent %d", 3)')
    )
    assert said["time"].endswith("+08:00")
    del said["time"]
    assert said == {
        "process": "web",
        "level": "info",
        "event": "sent 3",
        "issue": "2026-06-13",
        "job": "push_issue",
    }


def test_after_a_stretch_of_work_lines_are_no_longer_about_it(say):
    said = say('with bound(issue="2026-06-13"): pass\nlog.info("later")')
    assert "issue" not in json.loads(said)


def test_people_read_one_line_an_event(say):
    line = say('with bound(issue="2026-06-13"): log.warning("很慢")', "text").rstrip()
    assert line.endswith("warning web: 很慢  issue=2026-06-13")
    assert "\n" not in line


def test_our_own_lines_and_those_of_libraries_look_alike(say):
    said = say('structlog.get_logger().info("a", n=1)\nlogging.getLogger("alembic").error("b")')
    ours, theirs = map(json.loads, said.splitlines())
    assert set(ours) - {"n"} == set(theirs)


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "slip",
    [
        f'log.error("got %s", "{SECRET}")',
        f'try: raise ValueError("{SECRET}")\nexcept ValueError: log.exception("x")',
        'log.error("GET /cgi-bin/draft/add?access_token=the-appsecret-token HTTP")',
        'log.error("POST /cgi-bin/webhook/send?key=the-appsecret-robot HTTP")',
        'log.error("Exception on /preview/the-appsecret-ticket/ [GET]")',
        "log.error('\"GET /preview/the-appsecret-ticket\" 500')",
        'log.error("redis://:the-appsecret-password@host:6379/0 is gone")',
        f'with bound(issue="{SECRET}"): log.error("x")',
    ],
)
def test_a_secret_that_slips_into_a_line_does_not_leave_in_it(say, slip, form):
    said = say(slip, form)
    assert "the-appsecret" not in said
    assert "…" in said
    assert form == "text" or json.loads(said)


def test_where_notices_are_sent_is_a_secret_too(tmp_path):
    robot = "https://robot.example/send?key=0123456789"
    path = tmp_path / "config.toml"
    path.write_text(f'[notify]\nurls = ["{robot}"]\n')
    assert robot in secrets_of(load_config(path, {}))


def test_a_password_in_an_address_is_a_secret_by_itself(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[database]\nurl = "postgresql://rikan:open%2Fsesame@db/rikan"\n')
    assert {"open%2Fsesame", "open/sesame"} <= set(secrets_of(load_config(path, {})))


def test_a_traceback_shows_no_variables(say):
    said = say(
        "def f(key):\n  raise ValueError('x')\ntry: f('kept'+'-secret')\nexcept ValueError: log.exception('x')",
        "text",
    )
    assert "ValueError: x" in said
    assert "kept-secret" not in said


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_the_log_begins_at_the_level_that_is_set(say, level):
    said = say(
        'for name in ("debug", "info", "warning", "error"): getattr(log, name)("x")', level=level
    )
    levels = ["debug", "info", "warning", "error"]
    assert [json.loads(line)["level"] for line in said.splitlines()] == levels[
        levels.index(level) :
    ]


def test_no_line_is_lost_where_what_it_says_is_wrong(say):
    assert "100%" in say("log.info('100% done')")
