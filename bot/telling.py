"""Telling editors what they did not ask for: a notice is decided, then told over every way there is.

say            → decided once, with its sentence
tell_waiting   → robots and e-mail, then the bound editors in WeChat; told if one of them took it
"""

from collections.abc import Iterator, Sequence
from datetime import date
from importlib import import_module

from bot.archive.notices import Notice
from bot.dialogue import Reply
from bot.errors import ArchiveBusy, ArchiveError, ConfigError, PlatformBusy, PlatformError
from bot.model import Issue
from bot.notify.channels import Report, names_of, open_channels, send_everywhere
from bot.reply.notices import Sentences
from bot.resources import directory
from bot.services import Services
from bot.tickets import write_ticket

AT_A_TIME = 5  # notices; each waits for the slowest way
NOWHERE = "没有可以告诉的人。请用 rikan editors invite 绑定编辑，或在 config.toml 的 [notify] urls 里设一个群机器人"
MAY_NOT_WRITE = (
    "这个公众号不能主动发消息（认证号才能）。请在 config.toml 的 [notify] urls 里设一个群机器人"
)
IN_WECHAT = "微信"
# The schedule's times that a sentence may name.
TIMES = ("draft_at", "missing_at", "publish_at", "give_up_at")


def say(services: Services, about: str, kind: str, mark: str = "", **values: str) -> bool:
    """Have editors told of that, once; True for the call that decided it.

    `about` is an issue's ID or a day (2026-06-13); `mark` tells two notices of a kind about the
    same apart (a file's digest). `values` are for the sentence; what an issue or the settings
    know is filled in. Nobody is told before `tell_waiting`.
    """
    name = f"{kind}:{mark}" if mark else kind
    if name in services.notices.said([about]).get(about, frozenset()):
        return False
    if kind == "no_calendar":
        values = {"year": mark} | values  # told in December of the year to come
    return services.notices.decide(about, name, sentence(services, about, kind, **values))


def sentence(services: Services, about: str, kind: str, **values: str) -> str:
    """What editors read of that. Raises ArchiveBusy."""
    issue = _issue(services, about)
    known = _times(services) | _of_issue(services, issue) if issue else _times(services)
    known |= {"issue": about, "day": _day_name(about), "year": about[:4]}
    return _sentences().text_of(_variant(services, kind, issue), **(known | values))


def trial_sentence() -> str:
    """What a trial says."""
    return _sentences().text_of("test")


def _sentences() -> Sentences:
    return Sentences.load(directory("templates") / "reply" / "notices.toml")


def _variant(services: Services, kind: str, issue: Issue | None) -> str:
    if kind == "missed" and issue is None:
        return "missed_day"
    if kind == "ready" and services.config.schedule.approval != "none":
        return "ready_to_approve"
    if kind == "ready" and services.config.publish.mode == "draft":
        return "ready_to_press"
    return kind


def _issue(services: Services, about: str) -> Issue | None:
    try:
        return services.archive.issue(about)
    except ArchiveBusy:
        raise
    except ArchiveError:
        return None  # a day that has none


def _of_issue(services: Services, issue: Issue) -> dict[str, str]:
    delivery = services.ledger.delivery(issue.id)
    return {
        "headline": issue.headline,
        "problem": delivery.problem or "原因不明",
        "url": delivery.url,
        "link": preview_link(services, issue.id),
    }


def _times(services: Services) -> dict[str, str]:
    schedule = services.config.schedule
    return {name: str(getattr(schedule, name))[: len("07:30")] for name in TIMES}


def _day_name(about: str) -> str:
    try:
        day = date.fromisoformat(about[: len("2026-06-13")])
    except ValueError:
        return about
    return f"{day.month}月{day.day}日"


def preview_link(services: Services, issue_id: str) -> str:
    """A signed link to how the issue looks; empty where there are no pages to link to."""
    web = services.config.web
    if not (web.public_url and web.secret_key):
        return ""
    ticket = write_ticket(issue_id, web.secret_key.get_secret_value(), services.now())
    return f"{web.public_url.rstrip('/')}/preview/{ticket}/"


def tell_waiting(services: Services) -> int:
    """Tell what is not told yet; how many notices reached somebody.

    A notice that reached nobody is kept with the reasons and tried again, for a day.
    """
    told = 0
    for notice in services.notices.untold(AT_A_TIME):
        if leased := services.notices.lease(notice):
            if not _tell(services, leased):
                break  # the others would fare the same, and each takes its time-outs
            told += 1
    return told


def _tell(services: Services, notice: Notice) -> bool:
    reports = reach(services, notice.text)
    problem = "\n".join(f"{each.channel}：{each.problem}" for each in reports if each.problem)
    if any(not report.problem for report in reports):
        services.notices.told(notice, problem)
        return True
    services.notices.failed(notice, problem or NOWHERE)
    return False


def reach(services: Services, text: str) -> Sequence[Report]:
    """Say that over every way that is set up; how each of them fared. Raises nothing of theirs."""
    channels = open_channels(services.config.notify.urls)
    reports = send_everywhere(channels, text, services.config.newsletter.title)
    if services.config.notify.editors:
        reports += _to_editors(services, text, alone=not channels)
    return reports


def ways(services: Services) -> Sequence[str]:
    """Over what `reach` would say it, by name. Nothing is sent or asked."""
    config, editors = services.config.notify, services.editors
    bound = [editors.name_of(openid) or IN_WECHAT for openid in editors.openids()]
    return [*names_of(open_channels(config.urls)), *(bound if config.editors else ())]


def _to_editors(services: Services, text: str, *, alone: bool) -> Iterator[Report]:
    openids = services.editors.openids()
    reason = _why_not(services) if openids else ""
    if reason == MAY_NOT_WRITE and not alone:
        return  # what the account is does not change from one notice to the next
    if reason:
        yield Report(IN_WECHAT, reason)
        return
    for openid in openids:
        name = services.editors.name_of(openid) or IN_WECHAT
        try:
            services.platform.write_to(openid, Reply("text", text))
        except PlatformError as error:
            yield Report(name, str(error))
            if isinstance(error, PlatformBusy):
                return  # the others would wait for the same time-out
        else:
            yield Report(name)


def _why_not(services: Services) -> str:
    account = import_module("bot.wechat.account")
    try:
        may = services.account.findings().may
    except (PlatformError, ConfigError) as error:
        return str(error)
    return "" if account.Ability.CUSTOM in may else MAY_NOT_WRITE
