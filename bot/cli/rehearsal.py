"""The demo's steps, and what must be so at the end."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from bot import flow
from bot.archive.accounts import Role
from bot.cli.cast import PATIENCE, wait_until
from bot.cli.render import write_rendered
from bot.console.links import invitation_address
from bot.delivery import STATE_NAMES, State
from bot.errors import StartError
from bot.model import CHARACTER_LIMIT
from bot.services import Services

CONSOLE_NAME, CONSOLE_LINK_VALID = "演示", timedelta(hours=8)
FOLLOWER = "oDemoFollower0000000000000001"
# What a follower asks, and what the answer must say: the newest published issue is of 11 June,
# for the one of 13 June is still a draft and nobody's business.
ANSWERS = {
    "最新": "6月11日",
    "数据要素": "找到 3 期",
    "6月13日": "没有找到已发布的内容",
    "量子纠缠望远镜": "没有找到与",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a follower asked and was told."""

    asked: str
    text: str
    milliseconds: int
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must be so at the end."""

    what: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An issue in the summary."""

    issue_id: str
    state: str
    characters: int


class Rehearsal:
    """The demo's steps; every one goes the way that it would with the real platform."""

    def __init__(self, services: Services, phone: str) -> None:
        self.services = services
        self.phone = phone
        self._jobs: dict[str, str] = {}

    @property
    def footer_name(self) -> str:
        """The QR footer's file name."""
        return self.services.studio.footer.name

    def console(self) -> str:
        """Where somebody chooses a password for the console, and may then do everything there."""
        token = self.services.accounts.invite(
            CONSOLE_NAME, Role.ADMIN, "cli:demo", CONSOLE_LINK_VALID
        )
        return invitation_address(self.services, token)

    def read(self, path: Path) -> str:
        """Read a report into the archive; the issue's ID."""
        return flow.add_issue(self.services, path).issue.id

    def render(self, issue_id: str, out: Path) -> None:
        """Write the article, the cover and the footer."""
        issue = self.services.archive.issue(issue_id)
        write_rendered(flow.render_issue(self.services, issue), out / issue_id)

    def ask_for(self, task: str, ids: list[str]) -> None:
        """Put a task for each issue into the queue."""
        for issue_id in ids:
            self.services.queue.ask(task, issue_id, pauses=[1])

    def wait_for_draft(self, issue_id: str) -> None:
        """Until the worker has put the draft into the box."""
        self._wait_for(issue_id, State.DRAFTED)

    def wait_for_publication(self, issue_id: str) -> None:
        """Until the platform's event has reached the web process."""
        self._wait_for(issue_id, State.PUBLISHED)

    def _wait_for(self, issue_id: str, state: State) -> None:
        def there() -> bool:
            return self.services.ledger.delivery(issue_id).state is state

        if not wait_until(there):
            problem = self.services.ledger.delivery(issue_id).problem or "没有等到结果"
            raise StartError(f"演示停在 {issue_id}：{problem}")

    def say(self, text: str) -> Answer:
        """Write to the account as a follower, over HTTP and encrypted."""
        said = self._sandbox("say", {"openid": FOLLOWER, "text": text})
        answer = said["answer"]
        articles = answer.get("articles") or []
        lines = [answer.get("content") or ""] + [
            f"[图文] {a['title']}\n{a['description']}\n{a['url']}" for a in articles
        ]
        told = "\n".join(line for line in lines if line)
        links = re.findall(r'href="(http[^"]+)"', told) + [a["url"] for a in articles]
        shown = re.sub(r'<a href="([^"]+)">(.*?)</a>', r"\2", told)
        return Answer(text, shown, round(said["ms"]), tuple(links))

    def push_again(self) -> list[Line]:
        """Push every issue a second time, oldest first; what became of each."""
        entries = reversed(self.services.archive.entries())
        pushed = [flow.push_issue(self.services, entry.issue_id) for entry in entries]
        return [
            Line(p.bundle.issue_id, STATE_NAMES[p.delivery.state], p.bundle.characters)
            for p in pushed
        ]

    def changes(self) -> int:
        """How many calls so far have changed anything on the platform."""
        return sum(1 for call in self._sandbox("state")["log"] if call["changes"])

    def checks(self, answers: list[Answer], lines: list[Line], changes_before: int) -> list[Check]:
        """What must be so, read from the sandbox rather than from our own notes."""
        state = self._sandbox("state")
        published = [done for done in state["published"] if done["status"] == 0]
        delivered = len(state["drafts"]) == 1 and len(published) == len(lines) - 1
        return [
            Check("五期都成了草稿，其中较早的四期已发布", delivered),
            Check(
                "每篇都在 20,000 字符以内",
                all(0 < line.characters < CHARACTER_LIMIT for line in lines),
            ),
            Check("没有违反平台的任何规定", not state["violations"]),
            Check("再推送一遍，平台上什么也没有改变", self.changes() == changes_before),
            *(Check(f"读者问“{a.asked}”得到了正确的回答", answered(a)) for a in answers),
        ]

    def _sandbox(self, page: str, body: dict[str, Any] | None = None) -> Any:
        url = f"{self.phone}sandbox/{page}"
        method = "POST" if body else "GET"
        answer = requests.request(method, url, json=body, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()


def answered(answer: Answer) -> bool:
    """Whether a follower was told what is so, and every link of the answer opens."""
    opened = all(requests.get(link, timeout=PATIENCE).ok for link in answer.links)
    return ANSWERS[answer.asked] in answer.text and opened
