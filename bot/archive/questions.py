"""What a question says beside what it asks about: `有没有关于碳中和的文章吗` is 碳中和.

Only tried when the words as written find nothing; and what is left is a part of what was written,
so that taking away too much finds more, never something else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.archive.terms import Question, Word

_BEFORE = """
    请问 请教 想问问 想问 问一下 问下 你好 您好 我们 我 你们 你 您 咱们 大家 谁 能不能 能否 可不可以 可以
    帮我 帮忙 麻烦 给我 想要 想 要 了解 知道 看看 看一下 看 查一下 查查 查询 查找 查 找一下 找找 找 搜一下
    搜索 搜 推荐 介绍一下 介绍 讲讲 讲一下 说说 聊聊 谈谈 解释一下 解释 一下 一些 有没有 有无 有什么 有哪些
    有 是不是 什么是 什么叫 什么 何为 何谓 啥是 啥叫 为什么 为何 怎么学 怎么用 怎么看 怎么样 怎么 怎样 如何
    哪些 哪里 哪个 哪家 关于 有关 对于 最近一期 最近 近期 近来 最新 目前 现在 当前 今年 是 的 写过 发过 讲过 与 和 及 跟
"""
_AFTER = """
    的 文章 内容 报道 新闻 消息 资料 信息 情况 问题 相关 有关 方面 话题 介绍 讲解 解读 教程 入门 是什么意思
    什么意思 是什么 是啥 什么 怎么样 怎么办 怎么回事 怎么看 怎么用 怎么 如何 怎样 为什么 有哪些 有什么 哪些
    哪里 在哪里 在哪儿 在哪 是多少 有多少 多少 几个 是谁 谁 吗 呢 吧 啊 呀 么 嘛 哦 哈 了 没有 有没有 有 是
    一下 谢谢 最近 近期 目前 现在 最新进展 新进展 进展 最新动态 动态 最新消息 近况 详情 与 和 及 跟
"""
_INSIDE = "请问 谢谢 有什么 有哪些 有没有 是什么 为什么 是多少 怎么样 怎么 怎样 如何 什么 哪些 哪里 多少 最近的 的"
# 与, 和 and 及 are inside words too (参与, 和平); two characters on each side make a pair of words.
_AND = "(?<=..)(?:以及|与|和|及)(?=..)"


def _any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_HEAD = re.compile(f"(?:{_any_of(_BEFORE)})+")
_TAIL = re.compile(f"(?:{_any_of(_AFTER)})+$")
_CUT = re.compile(f"{_any_of(_INSIDE)}|{_AND}")
_ONE_CHARACTER = 1


def strip_question(question: Question) -> Question:
    """The words asked about; as it was where nothing else would be left of it."""
    words = dict.fromkeys(word for each in question.words for word in _asked_about(each))
    return replace(question, words=tuple(words) or question.words)


def _asked_about(word: Word) -> Sequence[Word]:
    if not word.is_chinese:
        return [word]
    return [Word((part,)) for part in _parts(word.runs[0])]


def _parts(run: str) -> Iterator[str]:
    for part in map(_bare, _CUT.split(_bare(run))):
        if len(part) > _ONE_CHARACTER or part == run:
            yield part


def _bare(run: str) -> str:
    head = _HEAD.match(run)
    return _TAIL.sub("", run[head.end() :] if head else run)
