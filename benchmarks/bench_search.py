"""What a whole ask costs, in this process, by the size of the archive.

Bars, on SQLite: 3 ms in the middle and 10 ms at the 99th of a hundred at 10,000 sections, 20 ms at
the 99th at 100,000; 100 ms at the 99th while the index is made anew. Nothing is answered from
memory. The archive is invented (tests/press.py). `make bench` measures up to 100,000; other sizes
and databases: python -m benchmarks.bench_search 1000000 --url postgresql://…
"""

import argparse
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert

from bot.answering import Answerer
from bot.archive.database import writing
from bot.archive.indexing import reindex
from bot.archive.tables import deliveries
from bot.config import Config
from bot.delivery import State
from bot.model import Issue, Section
from bot.services import SHANGHAI, Services, open_services
from bot.settings import DatabaseSettings, PathSettings
from tests.press import Press, Readers, Written

SIZES = (1_000, 10_000, 100_000)
OF_EACH = 15  # questions of each kind that have one answer
TWICE = 2  # the first time each word is counted
# What followers send: the short and the frequent ones are the slowest.
WRITTEN = [
    "车",
    "芯",
    "5G",
    "AI",
    "数据",
    "经济",
    "企业",
    "发展",
    "智能",
    "平台",
    "中国",
    "技术",
    "出口",
    "电价",
    "美元",
    "央行",
    "上海",
    "深圳",
    "欧盟",
    "关税",
    "芯片",
    "机器人",
    "大模型",
    "新能源",
    "飞行器",
    "半导体",
    "广交会",
    "自动驾驶",
    "人工智能",
    "数据要素",
    "低空经济",
    "新质生产力",
    "工业互联网",
    "全球债务",
    "国家数据局",
    "人形机器人产业",
    "生成式人工智能",
    "IMF",
    "eVTOL",
    "GPU",
    "OpenAI",
    "Python",
    "iPhone",
    "GPT-4",
    "10.5%",
    "2026",
    "5G基站",
    "AI芯片",
    "AI大模型",
    "数据要素×AI",
    "第139届广交会",
    "人工智能+制造",
    "数據要素",
    "人工智慧",
    "ＡＩ芯片",
    "人工只能",
    "新质生产利",
    "有没有低空经济的文章",
    "最近的数据要素政策",
    "什么是新质生产力",
    "怎么看美联储降息",
    "广交会机器人",
    "马斯克火箭",
    "足球世界杯",
    "量子计算",
    "旅游攻略",
]
PHRASES = (
    "人工智能 芯片",
    "数据 要素 市场",
    "美联储 降息",
    "上海 数据 交易",
    "AI 制造业 -芯片",
    '"数据要素"',
)
NOW = datetime(2026, 6, 14, 9, tzinfo=SHANGHAI)


def issue_of(day: date, units: Sequence[Written]) -> Issue:
    sections = (
        Section(str(number), unit.heading, (unit.body,)) for number, unit in enumerate(units, 1)
    )
    return Issue("日报", "", "", day, units[0].body[:60], tuple(sections))


def fill(services: Services, issues: Sequence[tuple[date, list[Written]]]) -> None:
    """Everything is published."""
    published = {"account": services.archive.account, "state": State.PUBLISHED}
    moment = {"updated_at": datetime.now(UTC)}
    for day, units in issues:
        services.archive.add(issue_of(day, units), "", "")
    rows = [{"issue_id": day.isoformat(), **published, **moment} for day, _ in issues]
    with writing(services.archive.engine) as connection:
        connection.execute(insert(deliveries), rows)


def questions(issues: Sequence[tuple[date, list[Written]]]) -> list[str]:
    recent = issues[-500:]
    known = [each.words for each in Readers(recent).questions(OF_EACH)]
    asked = [*WRITTEN, *PHRASES, *known] * TWICE
    random.Random(5).shuffle(asked)
    return asked


Clock = Callable[[], float]


def milliseconds(
    asked: Sequence[str], services: Services, clock: Clock = time.perf_counter
) -> Iterator[float]:
    for words in asked:
        started = clock()
        Answerer(services).words(words)
        yield (clock() - started) * 1000


def told(times: Iterable[float]) -> str:
    ordered = sorted(times)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"p50 {middle:5.1f} ms  p99 {late:5.1f} ms  max {ordered[-1]:5.1f} ms"


def memory() -> str:
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20:.0f} MB"


def measure(sections: int, folder: Path, url: str) -> None:
    config = Config(paths=PathSettings(data=folder), database=DatabaseSettings(url=url))
    issues = list(Press().issues(sections // 11))  # ten sections and the summary
    with open_services(config, lambda: NOW) as services:
        before = memory()
        started = time.perf_counter()
        fill(services, issues)
        print(f"{sections:>9,} sections  filled in {time.perf_counter() - started:.0f} s")
        asked = questions(issues)
        del issues
        print(f"{'':9} {len(asked)} asks       {told(milliseconds(asked, services))}")
        # On a machine that has other work to do as well, this is what the asks themselves cost.
        processor = milliseconds(asked, services, time.thread_time)
        print(f"{'':9} processor alone {told(processor)}  memory {before} → {memory()}")
        busy = threading.Thread(target=lambda: all(reindex_all(services)))
        started = time.perf_counter()
        busy.start()
        print(f"{'':9} while reindexed {told(milliseconds(asked, services))}", end="")
        busy.join()
        print(f"  ({time.perf_counter() - started:.0f} s)")


def reindex_all(services: Services) -> Iterator[bool]:
    for _ in reindex(services.archive.engine, services.archive.folding):
        yield True


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--url", default="", help="an empty database instead of SQLite in a file")
    chosen = parser.parse_args()
    for sections in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(sections, Path(folder), chosen.url)


if __name__ == "__main__":
    main()
