"""The preview page: what readers will see on a phone, before anything is sent."""

from jinja2 import Environment

from bot.model import Bundle, Issue
from bot.render.dark import darkened
from bot.render.report import inspect


def write_preview(templates: Environment, issue: Issue, bundle: Bundle, account: str) -> str:
    """A page of its own; its pictures are beside it, under their own names."""
    reports = [inspect(article) for article in bundle.articles]
    findings = [finding for report in reports for finding in report.findings]
    return templates.get_template("article/preview.html").render(
        issue=issue,
        bundle=bundle,
        account=account,
        day=f"{issue.date.year}年{issue.date.month}月{issue.date.day}日",
        reports=reports,
        findings=findings,
        errors=any(report.errors for report in reports),
        light=[article.html for article in bundle.articles],
        dark=[darkened(article.html) for article in bundle.articles],
    )
