"""The synonyms that editors add in the console: who, when, and which of them count. Lines as in the files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from bot.archive.database import reading, writing
from bot.archive.statistics_tables import synonyms
from bot.archive.synonyms import SHORTEST, Synonyms
from bot.archive.terms import read_words
from bot.errors import ArticleError

SIGN = " = "
LONGEST = 20  # characters of a name
MOST = 500
TAKEN = frozenset('=>＝＞#＃"“”')  # what means something in such a line, or in a question


@dataclass(frozen=True, slots=True)
class Saying:
    """A line that counts."""

    id: int
    line: str
    added_by: str
    added_at: datetime


def line_of(one: str, other: str) -> str:
    """`甲 = 乙`, of two names as somebody typed them. Raises ArticleError."""
    names = [" ".join(name.split()) for name in (one, other)]
    for name in names:
        if not name:
            raise ArticleError("两个词都要写。请把空着的补上")
        if len(name) > LONGEST:
            raise ArticleError(f"“{name[:LONGEST]}…”太长了。请写成 {LONGEST} 个字以内的词")
        if TAKEN & set(name) or not name.isprintable():
            raise ArticleError("词里不能有引号、等号、大于号和井号。请去掉再加")
    return SIGN.join(names)


def require_fit(line: str, fold: Callable[[str], str]) -> None:
    """Raise ArticleError unless the search can do something with that line."""
    names = [read_words(fold(name)) for name in line.split(SIGN)]
    if not all(names):
        raise ArticleError("两个词都要有文字或数字。请改一改再加")
    if names[0] == names[1]:
        raise ArticleError("这两个写法在搜索里本来就是一样的。请换一个词")
    if len(names[0]) > 1:
        # It is looked for word by word, so that nobody would ever ask for this.
        raise ArticleError("读者的问法里有几个词（字母和汉字相连也是两个）。请只写找不到的那一个")
    if any(len("".join(words[0].runs)) < SHORTEST for words in names):
        raise ArticleError("只有一个字的词到处都是。请写两个字以上的词")
    if len(Synonyms().and_also([line], fold).same) != len(names):
        raise ArticleError("搜索读不懂这两个词。请只用文字和数字")


class Sayings:
    """Every method is one transaction."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def all(self) -> Sequence[Saying]:
        """Those that count, newest first."""
        of = synonyms.c
        query = select(of.id, of.line, of.added_by, of.added_at).where(of.removed_at.is_(None))
        with reading(self._engine) as connection:
            return [Saying(*row) for row in connection.execute(query.order_by(of.id.desc()))]

    def add(self, line: str, who: str) -> bool:
        """From now on it counts; False where it does already. Raises ArticleError for one too many."""
        of = synonyms.c
        with writing(self._engine) as connection:
            known = _lines(connection)
            if line in known:
                return False
            if len(known) >= MOST:
                raise ArticleError(f"同义词最多 {MOST} 条。请先删去不用的")
            row = {"line": line, "added_by": who, "added_at": self._now(), "removed_by": ""}
            connection.execute(insert(synonyms).values({of[name]: row[name] for name in row}))
        return True

    def remove(self, number: int, who: str) -> str:
        """From now on it does not count, and that is kept; its line, or nothing where it did not count."""
        of = synonyms.c
        mine = (of.id == number) & of.removed_at.is_(None)
        with writing(self._engine) as connection:
            line = connection.execute(select(of.line).where(mine)).scalar()
            values = {"removed_by": who, "removed_at": self._now()}
            connection.execute(update(synonyms).where(mine).values(**values))
        return line or ""


def _lines(connection: Connection) -> Sequence[str]:
    query = select(synonyms.c.line).where(synonyms.c.removed_at.is_(None))
    return connection.execute(query.order_by(synonyms.c.id)).scalars().all()


class Known:
    """The synonyms of the files and, as of a revision of the archive, those of the console."""

    def __init__(self, of_files: Synonyms, fold: Callable[[str], str]) -> None:
        self._of_files = of_files
        self._fold = fold
        self._now: tuple[int, Synonyms] = (-1, of_files)

    def at(self, connection: Connection, revision: int) -> Synonyms:
        """What counts at that revision; it is another one as soon as a line is added or removed."""
        known, now = self._now
        if known != revision:
            now = self._of_files.and_also(_lines(connection), self._fold)
            self._now = (revision, now)
        return now
