"""The web process goes on with settings that were changed, and with the old ones where the new are of no use."""

import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from bot.config import CONFIG_VARIABLE
from bot.errors import ArchiveBusy, ConfigError
from bot.renewal import PAUSE, Built, Renewed
from bot.wsgi import application
from tests.conftest import write_config
from tests.console import KEY

OPEN_FILES = Path("/proc/self/fd")


class Workshop:
    """Builds an application that says what its file says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.built: list[str] = []
        self.closed: list[str] = []
        self.entered, self.hold = threading.Event(), threading.Event()

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")

    def build(self) -> Built:
        text = self.path.read_text(encoding="utf-8")
        if text == "bad":
            raise ConfigError("设置文件不对。请修改")
        self.built.append(text)

        def app(environ, start_response):
            if environ["PATH_INFO"] == "/slow":
                self.entered.set()
                self.hold.wait(10)
            return Response(text)(environ, start_response)

        return Built(app, [self.path], lambda: self.closed.append(text))


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    found = Workshop(tmp_path / "settings")
    found.write("one")
    yield found
    gc.unfreeze()


def test_a_changed_file_is_taken_at_the_next_request_and_the_old_one_is_closed(workshop):
    client = Client(Renewed(workshop.build))
    assert [client.get("/", buffered=True).text for _ in range(3)] == ["one"] * 3
    workshop.write("another")
    assert [client.get("/", buffered=True).text for _ in range(3)] == ["another"] * 3
    assert (workshop.built, workshop.closed) == (["one", "another"], ["one"])


def test_settings_of_no_use_are_told_once_and_change_nothing(workshop, caplog):
    client = Client(Renewed(workshop.build))
    workshop.write("bad")
    with caplog.at_level(logging.WARNING):
        assert [client.get("/", buffered=True).text for _ in range(3)] == ["one"] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "settings not taken: 设置文件不对。请修改"
    ]
    workshop.path.unlink()
    workshop.write("good again")
    assert client.get("/", buffered=True).text == "good again"


def test_what_is_no_fault_of_the_settings_is_tried_again_after_a_while(workshop):
    seconds, tries = [0.0], []
    renewed = Renewed(workshop.build, lambda: seconds[0])
    client, whole = Client(renewed), workshop.build

    def busy() -> Built:
        tries.append(seconds[0])
        raise ArchiveBusy("数据库正忙。请再试")

    renewed._build = busy
    workshop.write("another")
    assert [client.get("/", buffered=True).text for _ in range(3)] == ["one"] * 3
    seconds[0] = PAUSE
    assert client.get("/", buffered=True).text == "one"
    renewed._build = whole
    assert client.get("/", buffered=True).text == "one"
    seconds[0] = 2 * PAUSE
    assert client.get("/", buffered=True).text == "another"
    assert tries == [0, PAUSE]


def test_what_is_in_hand_is_finished_before_the_old_one_is_closed(workshop):
    renewed = Renewed(workshop.build)
    answers: list[str] = []
    slow = threading.Thread(
        target=lambda: answers.append(Client(renewed).get("/slow", buffered=True).text)
    )
    slow.start()
    assert workshop.entered.wait(10)
    workshop.write("another")
    assert Client(renewed).get("/", buffered=True).text == "another"
    assert workshop.closed == []
    workshop.hold.set()
    slow.join()
    assert (answers, workshop.closed) == (["one"], ["one"])


def test_many_at_once_build_it_once(workshop):
    renewed = Renewed(workshop.build)
    workshop.write("another")
    answers: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(Client(renewed).get("/", buffered=True).text)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {"another"}
    assert workshop.built == ["one", "another"]


def test_a_request_that_breaks_is_no_longer_in_hand(workshop):
    def build() -> Built:
        def broken(environ, start_response):
            raise ZeroDivisionError

        return Built(broken, [workshop.path], lambda: None)

    renewed = Renewed(build)
    with pytest.raises(ZeroDivisionError):
        run_wsgi_app(renewed, EnvironBuilder().get_environ())
    assert renewed._now.in_hand == 0


def test_the_real_process_takes_a_changed_name_and_the_editors_own_words(tmp_path, monkeypatch):
    path = write_config(tmp_path, web=f'secret_key = "{KEY}"')
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    app = application()
    client = Client(app)
    assert "新质生产力每日动态" in client.get("/console/sign-in").text
    with path.open("a", encoding="utf-8") as file:
        file.write('[newsletter]\ntitle = "早间要闻"\n')
    assert "早间要闻" in client.get("/console/sign-in").text
    (tmp_path / "data" / "wording.toml").write_text('thanks = "不谢"\n', encoding="utf-8")
    client.get("/healthz")
    assert app._now.app.extensions["rikan"].wording.say("thanks") == "不谢"  # type: ignore[attr-defined]
    path.write_text("[web\n", encoding="utf-8")
    assert client.get("/readyz").status_code == 200
    gc.unfreeze()


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="a system that does not tell")
def test_however_often_settings_change_no_file_stays_open(tmp_path, monkeypatch):
    path = write_config(tmp_path, web=f'secret_key = "{KEY}"')
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    counts = tmp_path / "counts"
    counts.mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # as it was, after the test
    monkeypatch.setattr("prometheus_client.values.ValueClass", None)
    client = Client(application(counts))
    open_after = []
    for number in range(4):
        with path.open("a", encoding="utf-8") as file:
            file.write(f"# {number}\n")
        client.get("/readyz", buffered=True)
        open_after.append(len(list(OPEN_FILES.iterdir())))
    assert len(set(open_after)) == 1
    gc.unfreeze()
