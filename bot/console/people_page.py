"""The chat's editors: who they are, who was invited to be one, and where else editors are told things."""

from datetime import timedelta

from flask import Response, request

from bot.archive.accounts import Role
from bot.archive.changes import Difference
from bot.console.door import own_services, services, whose
from bot.console.frame import back_to, console, page, told
from bot.console.settings_page import record, settled, who
from bot.errors import ArchiveError
from bot.reply.editor import person as name_of

VALID = timedelta(hours=24)


@console.get("/settings/people")
@whose(Role.ADMIN)
def people() -> str:
    """The editors, and who may still become one."""
    return _page()


def _page(code: str = "", name: str = "") -> str:
    editors, accounts, notify = services().editors, services().accounts, settled().notify
    names = {each.openid: each.name for each in accounts.all() if each.openid}
    return page(
        "console/settings_people.html",
        editors=editors.all(),
        invited=[(each, name_of(each.invited_by)) for each in editors.invited()],
        account_of=names,
        code=code,
        invited_name=name,
        hours=int(VALID.total_seconds()) // 3600,
        addresses=len(notify.urls),
        in_wechat=notify.editors,
    )


@console.post("/settings/people/invite")
@whose(Role.ADMIN)
def invite_editor() -> str | Response:
    """A code for somebody; it is shown this once."""
    name = request.form.get("name", "").strip()
    try:
        code = own_services().editors.invite(name, VALID)
    except ArchiveError as error:
        told(str(error), "trouble")
        return back_to("console.people")
    _note(Difference("editors.invited", "", name))
    return _page(code, name)


@console.post("/settings/people/unbind")
@whose(Role.ADMIN)
def unbind_editor() -> Response:
    """No editor any longer; invitations that were not used are void as well."""
    name = request.form.get("name", "")
    if services().editors.unbind(name):
        _note(Difference("editors.unbound", name, ""))
        told(f"{name} 不再是编辑，没有用过的绑定码也作废了")
    else:
        told("没有这位编辑，可能已经解除了", "notice")
    return back_to("console.people")


def _note(difference: Difference) -> None:
    with record().noted(who(), [difference]):
        pass
