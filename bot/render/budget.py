"""An issue made to fit the platform's limit, before anything is sent.

In this order, and no further than needed: without ornaments, without the contents list, with folded
references, then split at a section into two to eight articles of one draft.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.errors import ArticleError
from bot.model import CHARACTER_LIMIT, Article, Bundle, Issue
from bot.render.portion import portions
from bot.render.trim import ALONE, WHOLE, Part, Trim

# A draft holds no more.
MOST_ARTICLES = 8
PICTURE = re.compile(r'<img src="([^"]*)"')
# Of a picture that the platform holds: about 130 characters, as seen in published articles.
ADDRESS_LENGTH = 160
STEPS = (
    (WHOLE, ()),
    (Trim(ornaments=False), ("正文太长：省去了装饰",)),
    (Trim(ornaments=False, contents=False), ("正文太长：省去了装饰和目录",)),
    (
        Trim(ornaments=False, contents=False, references="folded"),
        ("正文太长：省去了装饰和目录，参考文献只留来源和标题",),
    ),
)
Write = Callable[[Issue, Trim, Part], Article]


def fit(issue: Issue, write: Write) -> Bundle:
    """The issue in as many articles as it takes. Raises ArticleError where eight are not enough."""
    for trim, measures in STEPS:
        article = write(issue, trim, ALONE)
        if has_room(article):
            return Bundle((article,), measures)
    return split(issue, write)


def split(issue: Issue, write: Write) -> Bundle:
    """Several articles, complete again: whoever has room needs no trimming."""
    # The first has the larger masthead, the last the footer.
    ends = (Part(1, MOST_ARTICLES), Part(MOST_ARTICLES, MOST_ARTICLES))
    parts = portions(
        issue, lambda portion: all(has_room(write(portion, WHOLE, end)) for end in ends)
    )
    if len(parts) > MOST_ARTICLES:
        raise ArticleError(
            f"{issue.id} 太长，要 {len(parts)} 篇文章才放得下，一份草稿最多 {MOST_ARTICLES} 篇。请拆成几期"
        )
    articles = tuple(
        replace(write(portion, WHOLE, Part(number, len(parts))), digest="")
        for number, portion in enumerate(parts, start=1)
    )
    return Bundle(articles, (f"正文太长：分成了 {len(parts)} 篇，放在同一份草稿里",))


def has_room(article: Article) -> bool:
    """Whether the platform takes it for its length, once its pictures have the platform's addresses."""
    addresses = PICTURE.findall(article.html)
    longer = sum(max(0, ADDRESS_LENGTH - len(address)) for address in addresses)
    return article.characters + longer < CHARACTER_LIMIT
