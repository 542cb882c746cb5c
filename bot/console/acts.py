"""What the buttons do: through the same functions as the chat and the command line."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module

from flask import Response, g, request

from bot import delivering, flow
from bot.archive.accounts import Role
from bot.console.day import ASKED_FOR, entry_of, problems_in
from bot.console.door import LARGEST_UPLOAD, approver, may, own_services, person, services, whose
from bot.console.frame import back_to, console, no_such, page, told
from bot.console.upload import take_in
from bot.delivery import Deed, State, Way, people_among
from bot.errors import ArticleError, RikanError, StartError
from bot.flow import way_of

MOST_PHONES = 20
MOST_TOLD, LONGEST_TOLD = 3, 150  # problems, and characters of one: they travel in a cookie

Act = Callable[[str], None]


def act(function: Act) -> Callable[[str], Response]:
    """A form about an issue: do it, say what became of it, go back to where the button was."""

    @wraps(function)
    def view(issue_id: str) -> Response:
        entry = entry_of(services(), issue_id)
        if entry is None:
            no_such(f"没有 {issue_id[:20]} 这一期")
        try:
            function(issue_id)
        except RikanError as error:
            told(str(error), "trouble")
        if request.form.get("from") == "delivery":
            return back_to("console.delivery", issue_id=issue_id)
        return back_to("console.today", day=entry.day.isoformat())

    return view


def ask(issue_id: str, deed: str, task: str, who: str = "") -> None:
    """Ask the queue; that it was asked stands in the record first. Raises StartError.

    `task` is its name in `bot.jobs.queue`, which is loaded with the queue itself.
    """
    queue = services().queue
    services().ledger.by(f"console:{g.account.name}").remark(issue_id, Deed.ASKED, ASKED_FOR[deed])
    queue.ask(getattr(import_module("bot.jobs.queue"), task), issue_id, who=who)


@console.post("/issues/<issue_id>/push")
@whose(Role.EDITOR)
@act
def push(issue_id: str) -> None:
    """Make the draft, or bring it up to date. Of a withdrawn issue a person makes another, no worker."""
    if services().ledger.delivery(issue_id).state is State.WITHDRAWN:
        flow.push_issue(own_services("platform"), issue_id)
        told("草稿已重新建好")
    else:
        ask(issue_id, "push", "PUSH")


@console.post("/issues/<issue_id>/preview")
@whose(Role.EDITOR)
@act
def preview(issue_id: str) -> None:
    """The draft on the phones of the editors that were chosen."""
    known = {editor.name for editor in services().editors.all()}
    chosen = [name for name in request.form.getlist("to")[:MOST_PHONES] if name in known]
    if not chosen:
        told("没有选发给谁。请勾上至少一位编辑", "trouble")
        return
    for name in dict.fromkeys(chosen):
        ask(issue_id, "preview", "PROOF", who=name)


@console.post("/issues/<issue_id>/look")
@whose(Role.EDITOR)
@act
def look(issue_id: str) -> None:
    """Whether somebody has published it by hand, and where."""
    ask(issue_id, "look", "LOOK")


@console.post("/issues/<issue_id>/approve")
@whose(Role.APPROVER)
@act
def approve(issue_id: str) -> None:
    """It may be published, as far as this person goes."""
    seen = request.form.get("seen", "")
    approved = delivering.approve_issue(services(), issue_id, approver(), seen=seen)
    lacking = approved.lacking
    told(f"已记下你的批准，还需要 {lacking} 个人" if lacking else "已批准")
    if lacking and approved.unsure:
        told(delivering.UNSURE, "notice")


@console.post("/issues/<issue_id>/return")
@whose(Role.APPROVER)
@act
def send_back(issue_id: str) -> None:
    """It is not to be published as it is."""
    reason = request.form.get("reason", "")
    delivering.return_issue(services(), issue_id, reason, person())
    told("已退回，原因写在记录里")


@console.post("/issues/<issue_id>/publish")
@whose(Role.APPROVER)
@act
def publish(issue_id: str) -> None:
    """Hand it over now. A message to everybody is asked about once more."""
    delivery = services().ledger.delivery(issue_id)
    delivering.require_seen(delivery, request.form.get("seen", ""))
    way, needed = way_of(services(), delivery), services().config.schedule.approvals
    if way is Way.MASS and not request.form.get("sure"):
        told("群发不能收回，要先确认", "trouble")
    elif people_among(delivering.approved_by(services(), delivery)) < needed:
        told(f"还没有发布：要 {needed} 个人批准。请先批准", "trouble")
    else:
        ask(issue_id, "publish", "ORDERED")


@console.post("/issues/<issue_id>/skip")
@whose(Role.EDITOR)
@act
def skip(issue_id: str) -> None:
    """Leave it out."""
    if services().ledger.delivery(issue_id).state is State.RETURNED and not may(Role.APPROVER):
        raise ArticleError("这一期被退回了。请改好再推送，或请审批人来跳过")
    delivering.skip_issue(own_services(), issue_id)
    told("已跳过，草稿留在草稿箱里")


@console.post("/issues/<issue_id>/resume")
@whose(Role.EDITOR)
@act
def resume(issue_id: str) -> None:
    """Leave it out no longer."""
    delivering.skip_issue(own_services(), issue_id, undo=True)
    told("不再跳过")


@console.post("/issues/<issue_id>/withdraw")
@whose(Role.ADMIN)
@act
def withdraw(issue_id: str) -> None:
    """Take the published article back, for good."""
    if not request.form.get("sure"):
        told("撤回不能恢复，要先确认", "trouble")
        return
    by_hand = bool(request.form.get("by_hand"))
    delivering.withdraw_issue(own_services("platform"), issue_id, by_hand=by_hand)
    told("已撤回")


@console.post("/upload")
@whose(Role.EDITOR, largest=LARGEST_UPLOAD)
def upload() -> Response | tuple[str, int]:
    """A report is taken in, or all that is wrong with it is told."""
    file = request.files.get("report")
    if file is None or not file.filename:
        told("没有选文件。请选一份报告", "trouble")
        return back_to("console.today")
    try:
        taken = take_in(own_services(), file.filename, file.stream)
    except (RikanError, StartError) as error:
        told(str(error), "trouble")
        return back_to("console.today")
    if taken.added is None:
        return page("console/refused.html", taken=taken), 422
    issue, new = taken.added.issue, taken.added.new
    told(f"收下了 {taken.name}" if new else f"{taken.name} 和已有的一样，什么也没有变")
    # What only the file tells (its contents list, its pictures) is said now or never.
    known = problems_in(services(), issue)
    for problem in [each for each in taken.problems if each not in known][:MOST_TOLD]:
        told(str(problem)[:LONGEST_TOLD], "notice")
    return back_to("console.today", day=issue.date.isoformat())
