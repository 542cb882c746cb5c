"""Among thousands of sections a follower finds the issue that he or she has read, on either database."""

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.press import KINDS, Known, Press, Readers
from tests.shelf import ACCOUNT, Shelf, on_shelf

ISSUES = 320
OF_EACH = 60
FREQUENT = (
    *("数", "车", "的", "3", "AI", "IMF", "2026", "GPT-4", "10.5%", "数据", "经济", "人工智能"),
    *(
        "数据要素市场",
        "第139届广交会",
        "经济 数据 -企业",
        "“数据要素”",
        "数据-要素",
        "-数据",
        "数剧要素",
    ),
)


@pytest.fixture(scope="module")
def press() -> list:
    return list(Press().issues(ISSUES))


@pytest.fixture(scope="module")
def questions(press: list) -> list[Known]:
    return list(Readers(press).questions(OF_EACH))


def filled(shelf: Shelf, press: list) -> Shelf:
    for number, (day, units) in enumerate(press):
        shelf.put(day, [(unit.heading, unit.body) for unit in units], published=number % 10 > 0)
    return shelf


@pytest.fixture(scope="module")
def on_sqlite(press: list, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with on_shelf(f"sqlite:///{tmp_path_factory.mktemp('press') / 'rikan.db'}") as shelf:
        yield filled(shelf, press)


@pytest.fixture(scope="module")
def on_postgresql(press: list, postgres_server: postgres.Server) -> Iterator[Shelf]:
    with on_shelf(postgres_server.new_archive()) as shelf:
        yield filled(shelf, press)


def reciprocal_rank(shelf: Shelf, known: Known) -> float:
    ids = shelf.ids(known.words)
    return 1 / (ids.index(known.issue_id) + 1) if known.issue_id in ids else 0


def test_what_was_read_is_found_among_the_first(on_sqlite, questions):
    assert sum(len(on_sqlite.find(known.words)) > 0 for known in questions) >= 0.98 * len(questions)
    for kind in KINDS:
        asked = [known for known in questions if known.kind == kind]
        assert len(asked) == OF_EACH
        assert sum(reciprocal_rank(on_sqlite, known) for known in asked) / OF_EACH >= 0.75, kind


def test_both_databases_answer_alike(on_sqlite, on_postgresql, questions):
    for words in (*FREQUENT, *(known.words for known in questions)):
        for by in (None, ACCOUNT):
            assert on_sqlite.find(words, by=by) == on_postgresql.find(words, by=by), words


def test_the_press_writes_the_same_for_the_same_seed(press):
    assert list(Press().issues(ISSUES))[::50] == press[::50]
