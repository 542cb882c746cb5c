"""What followers ask for by name. All of it is plain: half-width, lower case, simplified, no spaces."""

import re

from bot.dialogue import Wish
from bot.query.numerals import DIGIT, number

_NAMES = {
    Wish.LATEST: """
        最新 最新一期 最新期 最新动态 最新日报 最新的 最新内容 最新消息 最新文章 最新资讯 最近一期 最近的一期 近期一期
        上一期 新一期 本期 这一期 这期 今日 今日动态 今日日报 今日新闻 今天的 日报 早报 每日动态 latest newest new today 新闻
        看最新 zuixin 最新报告 最新简报
    """,
    Wish.CONTENTS: """
        目录 往期 往期目录 往期内容 往期回顾 往期文章 往期日报 往期精选 过往 以往 列表 历史 历史消息 历史文章 历史记录 全部
        所有 全部文章 全部内容 所有文章 文章 文章列表 查看历史消息 期刊 各期 合集 存档 归档 contents list history archive
        index all mulu wangqi
    """,
    Wish.MORE: """
        更多 更多内容 更多结果 更多文章 查看更多 看更多 还有吗 还有呢 还有没有 还有 继续 下一页 下页 翻页 下一批 换一批 接着
        然后呢 more next 后面的 再来 再来点 再看看
    """,
    Wish.ABOUT: """
        关于 关于我们 关于你们 关于你 关于本号 关于公众号 你是谁 你们是谁 你是什么 这是什么 这是哪里 这是什么号
        这是什么公众号 介绍 自我介绍 介绍一下 简介 你叫什么 你叫什么名字 联系我们 联系方式 官网 官方网站 投稿 商务合作
        主办方 about aboutus contact who whoareyou
    """,
    Wish.THANKS: """
        谢谢 谢谢你 谢谢您 谢谢啦 谢了 多谢 多谢了 感谢 非常感谢 辛苦了 辛苦 太感谢了 thanks thankyou thx 3q 好的 好的谢谢
        好 收到 ok okay 嗯 嗯嗯 知道了 明白 明白了 再见 拜拜 bye 晚安 赞 点赞 很好 不错 真不错 太好了 厉害 棒 good 哈哈 哈哈哈
    """,
    Wish.HELP: """
        帮助 help 菜单 menu 你好 你好啊 你好呀 您好 大家好 早上好 早安 早 下午好 晚上好 中午好 上午好 hi hello hey 嗨 哈喽
        哈罗 在吗 在不在 有人吗 在么 在 怎么用 如何使用 使用说明 使用方法 使用帮助 怎么使用 说明 怎么查 怎么搜 怎么查找 如何查询
        怎么查询 怎么搜索 能做什么 你能做什么 你会什么 你会做什么 你可以做什么 可以做什么 功能 有什么功能 指令 命令 关键词 关键字
        客服 人工客服 test ping bangzhu start 开始 搜索 查询 查找 搜 查 日期 回复 helpme 订阅 关注
    """,
}
WISHES = {word: wish for wish, words in _NAMES.items() for word in words.split()}

# What is said around a name or a date without asking for anything else: 请问…吗, 我想看…, 给我….
_BEFORE = re.compile(
    "(?:请问|请|麻烦|你好|您好|我想要|我想|我要|想要|想|要|帮我|帮忙|能不能|可以|能否|能|给我|给|再|来一下|来|发一下|发|"
    "查一下|查查|查询|查找|查看|查|看一下|看看|看|找一下|找找|找|搜一下|搜|有没有|有|问一下|问)+"
)
_AFTER = re.compile(
    "(?:的?(?:是什么|有什么|有哪些|有啥|讲了什么|说了什么|写了什么|讲什么|发了什么|怎么样|什么)|发|的?(?:内容|新闻|消息|日报|动态|"
    "文章|资讯)|呢|吗|么|吧|啊|呀|哦|哈|嘛|喽|啦|谢谢你?|一下|看看|给我|发我|的)+$"
)
_CHINESE_NUMBER = f"[{DIGIT}两]?十[{DIGIT}]?|[{DIGIT}两]"
_NUMBERED = re.compile(
    rf"(?:看?第|no\.?|#)?(?P<number>[0-9]{{1,2}}|{_CHINESE_NUMBER})(?P<kind>[条期个篇项]|号)?[.、)]?"
)
_MOST = 50  # nobody is shown a longer list


def wish_of(asked: str) -> Wish | None:
    """The wish whose name a plain text is."""
    return WISHES.get(asked)


def number_of(asked: str) -> int:
    """Which of the last list a plain text chooses, from 1; 0 for none."""
    found = _NUMBERED.fullmatch(asked)
    if not found or found["kind"] == "号":
        return 0
    chosen = number(found["number"])
    return chosen if chosen <= _MOST else 0


def bare(asked: str) -> str:
    """A plain text without what is only said around it; as it was where nothing else is left."""
    shorter = _AFTER.sub("", _BEFORE.sub("", asked, count=1) if _BEFORE.match(asked) else asked)
    return shorter or asked
