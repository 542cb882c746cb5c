"""Our article beside other packages', from the same issue in one run: how large, and how long it takes.

The others run in an environment of their own (`make bench` sets it up from `peers.lock`); ratios
are theirs over ours. Times are of rendering alone, in process, the median of 20.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peer import ROUNDS, WARM_UPS
from bot import flow
from bot.config import load_config
from bot.ingest.file import read_issue
from bot.ingest.markdown import write_markdown
from bot.model import CHARACTER_LIMIT, Issue
from bot.render.markup import bare, read_markup
from bot.services import Services, open_services

HERE = Path(__file__).parent
PEERS = ("inkpress", "md2wechat", "wechat-formatter", "wechat-md")
ISSUES = HERE.parent / "tests" / "issues"
SHOWN = ("2026-04-16", "2026-06-09", "2026-06-13")


@dataclass(frozen=True, slots=True)
class Made:
    """An article, and the milliseconds it took to make."""

    html: str
    ms: float

    @property
    def ratio(self) -> float:
        """Characters of HTML for each that a reader sees."""
        return len(self.html) / len(bare(read_markup(self.html).text))


def ours(services: Services, issue: Issue) -> Made:
    """With masthead, summary, contents and footer, none of which the others draw."""
    rendered = flow.render_issue(services, issue, ISSUES)
    times = []
    for turn in range(WARM_UPS + ROUNDS):
        started = time.perf_counter()
        article = services.studio.article(issue, rendered.cover, rendered.footer.name)
        if turn >= WARM_UPS:
            times.append((time.perf_counter() - started) * 1000)
    return Made(article.html, statistics.median(times))


def theirs(python: Path, name: str, markdown: Path) -> Made:
    """What that peer makes of the same issue's Markdown."""
    done = subprocess.run(
        [python, HERE / "peer.py", name, markdown], capture_output=True, text=True, check=True
    )
    made = json.loads(done.stdout)
    return Made(made["html"], statistics.median(made["ms"]))


def without_matter(markdown: str) -> str:
    """The others know no front matter: they get what an editor would give them."""
    return markdown.partition("\n---\n")[2].lstrip()


def tell(issue: Issue, us: Made, them: dict[str, Made]) -> None:
    """One issue's table."""
    print(f"{issue.id:22}{'html':>8}{'ratio':>7}{'ms':>8}{'html/ours':>11}{'ms/ours':>9}")
    for name, made in {"rikan": us, **them}.items():
        over = "  over the limit" if len(made.html) >= CHARACTER_LIMIT else ""
        print(
            f"  {name:20}{len(made.html):8,}{made.ratio:7.2f}{made.ms:8.2f}"
            f"{len(made.html) / len(us.html):11.2f}{made.ms / us.ms:9.2f}{over}"
        )


def main() -> None:
    """Every issue beside every peer."""
    python = Path(os.environ.get("RIKAN_PEERS", ".venv-peers")) / "bin" / "python"
    if not python.exists():
        sys.exit(f"no peers at {python}: run make bench")
    with (
        open_services(load_config(None, {})) as services,
        tempfile.TemporaryDirectory() as folder,
    ):
        markdown = Path(folder) / "issue.md"
        for day in SHOWN:
            issue, _ = read_issue(ISSUES / f"{day}.txt")
            markdown.write_text(without_matter(write_markdown(issue)), encoding="utf-8")
            them = {name: theirs(python.absolute(), name, markdown) for name in PEERS}
            tell(issue, ours(services, issue), them)


if __name__ == "__main__":
    main()
