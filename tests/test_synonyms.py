"""Other names of the same thing, and the words that Taiwan uses."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.archive.synonyms import Synonyms
from bot.archive.terms import read_question, read_words
from bot.config import load_config
from bot.errors import ConfigError
from bot.services import open_services
from tests.conftest import write_config
from tests.shelf import Shelf, folding, on_shelf

WORDS = Path(__file__).parents[1] / "assets" / "words"
SHIPPED = [WORDS / "taiwan.txt", WORDS / "synonyms.txt"]


@pytest.fixture(scope="module")
def empty(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def shelf(empty: str) -> Iterator[Shelf]:
    with on_shelf(empty, Synonyms.load(SHIPPED, folding.fold)) as shelf:
        yield shelf


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], Synonyms]:
    def load(text: str) -> Synonyms:
        path = tmp_path / "synonyms.txt"
        path.write_text(text, encoding="utf-8")
        return Synonyms.load([path], folding.fold)

    return load


def wordings(synonyms: Synonyms, words: str) -> list[str]:
    (word,) = read_question(folding.fold(words)).words
    return [" ".join("".join(each.runs) for each in other) for other in synonyms.of(word)]


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("AI", ["人工智能"]),
        ("ai", ["人工智能"]),
        ("人工智能芯片", ["ai 芯片"]),
        ("國產大模型應用", ["国产 llm 应用", "国产大语言模型应用"]),
        ("GPT-4", []),
        ("芯片", []),
        ('"人工智能"', []),
    ],
)
def test_a_name_in_a_word_may_be_called_otherwise(told, words, others):
    assert wordings(told("AI = 人工智能\nLLM＝大模型 = 大语言模型 # 模型\n"), words) == others


def test_each_of_some_names_finds_what_is_written_under_the_others(shelf):
    chinese = shelf.put(date(2026, 6, 1), [("产业", "人工智能芯片量产。")])
    latin = shelf.put(date(2026, 6, 2), [("产业", "AI 芯片量产。")])
    for words in ("AI芯片", "芯片AI", "人工智能 芯片"):
        assert sorted(shelf.ids(words)) == [chinese, latin]
        assert {hit.step for hit in shelf.find(words)} == {1}
    assert shelf.ids('"AI芯片"') == [latin]


def test_the_sentence_with_the_other_name_is_shown(shelf):
    shelf.put(date(2026, 6, 1), [("产业", "今天下雨。大语言模型降价。")])
    assert shelf.find("LLM")[0].sentence == "大语言模型降价。"


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("軟體公司", "一家软件公司上市。"),
        ("人工智慧程式設計", "人工智能编程大赛。"),
        ("有沒有行動網路的文章", "移动网络提速。"),
        ("半導體晶片", "半导体芯片出口。"),
    ],
)
def test_words_of_taiwan_find_what_is_called_otherwise_here(shelf, words, body):
    wanted = shelf.put(date(2026, 6, 1), [("标题", body)])
    shelf.put(date(2026, 6, 2), [("无关", "今天下雨，体育馆关门。")])
    assert shelf.ids(words) == [wanted]


def test_a_word_that_this_archive_uses_stays_as_it_is(shelf):
    wanted = shelf.put(date(2026, 6, 1), [("标题", "印发文件。")])
    shelf.put(date(2026, 6, 2), [("标题", "印发文档。")])
    assert shelf.ids("印发文件") == [wanted]
    assert [hit.issue_id for hit in shelf.find("文件印发") if hit.step < 4] == [wanted]


@pytest.mark.parametrize(
    "line", ["AI", "AI =", "= AI", "软体 > 软件 > 程序", "，= 。", ">", "AI = 人工智能 ="]
)
def test_a_line_that_says_nothing_is_named(told, line):
    with pytest.raises(ConfigError, match=r"第 2 行不是“甲 = 乙”"):
        told(f"# 同义词\n{line}\n")


def test_the_editors_file_takes_the_place_of_the_shipped_one(tmp_path, clock):
    (tmp_path / "mine.txt").write_text("日刊 = 日报\n", encoding="utf-8-sig")
    path = write_config(tmp_path, search='synonyms = "mine.txt"\nrecency = 0')
    with open_services(load_config(path, {}), clock) as services:
        assert wordings(services.archive.synonyms, "日刊") == ["日报"]
        assert wordings(services.archive.synonyms, "AI") == []


def test_a_missing_file_is_named_with_the_setting(tmp_path, clock):
    path = write_config(tmp_path, search='synonyms = "none.txt"')
    with (
        open_services(load_config(path, {}), clock) as services,
        pytest.raises(ConfigError, match=r"none\.txt.*search\.synonyms"),
    ):
        services.archive.entries()


def test_everything_shipped_is_a_word_and_folded():
    synonyms = Synonyms.load(SHIPPED, folding.fold)
    assert len(synonyms.here) > 400
    for name in (*synonyms.same, *synonyms.here):
        assert read_words(name)
        assert folding.fold(name) == name
