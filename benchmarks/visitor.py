"""Somebody who asks a web process for one page after the other."""

import random
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from benchmarks.years import NOW
from bot import revising
from bot.export.files import FORMS
from bot.reply.wording import SENTENCES
from bot.services import Services
from bot.tickets import write_ticket
from tests.console import Person

KEY = "a-secret-key-of-the-benchmark"
WORDS = [
    "车",
    "芯片",
    "数据",
    "经济",
    "人工智能",
    "低空经济",
    "新质生产力",
    "上海",
    "5G",
    "AI",
]
Ask = Callable[[], TestResponse]


class Visitor:
    """Somebody who asks for one thing after the other, each time for another issue or other words."""

    def __init__(self, services: Services, person: Person) -> None:
        self.services, self.browser = services, person.browser
        self.token = person.token()
        self.chance = random.Random(3)
        published = services.archive.entries(published_only=True)
        self.published = [entry.issue_id for entry in published]
        self.issues = [entry.issue_id for entry in services.archive.entries()]
        self.corrected = [each for each in self.issues if services.archive.versions(each)]

    def some(self, issues: Sequence[str]) -> str:
        """Half of what is opened is of the last weeks."""
        return self.chance.choice(issues[:30] if self.chance.random() < 0.5 else issues)

    def words(self) -> str:
        """Frequent words, or some that stand in an issue."""
        if self.chance.random() < 0.3:
            return " ".join(self.chance.sample(WORDS, self.chance.choice((1, 2))))
        issue = self.services.archive.issue(self.chance.choice(self.issues))
        return self.chance.choice(re.findall(r"[\u4e00-\u9fff]{2,6}", issue.summary))

    def text(self, issue_id: str) -> str:
        """The issue's text with something typed into it."""
        issue = self.services.archive.issue(issue_id)
        return revising.text_of(issue).replace("。", f"，{self.chance.random()}。", 1)

    def arguments(self, rule: Rule) -> dict[str, object]:
        """What stands in an address of that rule. KeyError for what is new here."""
        issues = self.published if rule.endpoint.startswith("pages.issue") else self.issues
        if rule.endpoint == "console.version":
            issues = self.corrected
        issue_id = self.some(issues)
        known = {
            "issue_id": issue_id,
            "number": 1,
            "name": "cover.jpg",
            "form": self.chance.choice(list(FORMS)),
            "key": self.chance.choice(list(SENTENCES)),
            "token": "x" * 43,
            "ticket": write_ticket(issue_id, KEY, NOW),
        }
        return {name: known[name] for name in rule.arguments}

    def query(self, endpoint: str) -> dict[str, object]:
        """What may stand behind the question mark."""
        day = date.fromisoformat(self.some(self.issues))
        asked: dict[str, list[dict[str, object]]] = {
            "console.today": [{"day": day}, {"month": day}, {}],
            "console.card": [{"day": day}],
            "console.archive": [
                {"q": self.words()},
                {"q": self.words(), "month": f"{day:%Y-%m}"},
                {"month": f"{day:%Y-%m}"},
                {"before": day},
                {"state": self.chance.choice(["open", "bad", "published", "left"])},
            ],
            "console.readers": [{"days": days} for days in (7, 30, 90)],
            "console.seen": [{"tone": tone} for tone in ("light", "dark")],
            "console.all_changes": [{"below": self.chance.randint(100, 900)}, {}],
            "console.new_issue": [
                {"day": NOW.date() + timedelta(days=self.chance.randint(1, 300))}
            ],
            "public.archive": [{"q": self.words()}, {"before": day}, {}],
        }
        return self.chance.choice(asked.get(endpoint, [{}]))

    def asks(self, rule: Rule) -> Ask:
        """A request of that rule, not sent yet."""
        address = rule.build(self.arguments(rule), append_unknown=False)
        assert address
        path, query = address[1], self.query(rule.endpoint)
        return lambda: self.browser.get(
            path, query_string=query, headers={"Authorization": f"Bearer {KEY}"}
        )

    def sends(self, path: str, **fields: str) -> Ask:
        """What an open page sends by itself, not sent yet."""
        form = {"csrf_token": self.token, **fields}
        accept = "application/json" if "/looks" not in path else "*/*"
        headers = {"HX-Request": "true", "Accept": accept}
        return lambda: self.browser.post(f"/console{path}", data=form, headers=headers)

    def typed(self) -> dict[str, Callable[[], Ask]]:
        """What pages ask for while somebody types or chooses, by the rule."""

        def of_issue(act: str, **fields: str) -> Ask:
            issue_id = self.some(self.issues)
            return self.sends(f"/issues/{issue_id}/{act}", text=self.text(issue_id), **fields)

        def looks() -> Ask:
            studio, path = self.services.studio, f"/issues/{self.some(self.issues)}/looks/cover"
            parts = {"layout": studio.layouts, "palette": studio.palettes, "theme": studio.themes}
            return self.sends(
                path, **{name: self.chance.choice(list(of)) for name, of in parts.items()}
            )

        def bubble() -> Ask:
            path = f"/settings/wording/{self.chance.choice(list(SENTENCES))}/bubble"
            return self.sends(path, text="请发关键词")

        menu = {"0-name": "最新一期", "0-type": "click", "0-key": "最新"}
        return {
            "POST /console/issues/<issue_id>/paper/": lambda: of_issue("paper/"),
            "POST /console/issues/<issue_id>/mend": lambda: of_issue("mend", mend="quotes"),
            "POST /console/issues/<issue_id>/here": lambda: of_issue("here"),
            "POST /console/issues/<issue_id>/looks/cover": looks,
            "POST /console/settings/menu/phone": lambda: self.sends("/settings/menu/phone", **menu),
            "POST /console/settings/schedule/ahead": lambda: self.sends("/settings/schedule/ahead"),
            "POST /console/settings/wording/<key>/bubble": bubble,
        }
