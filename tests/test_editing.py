"""An editor steers a delivery from the chat; a follower who writes the same words notices nothing of it."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import delivering, flow
from bot.config import load_config
from bot.delivery import Deed, State
from bot.editing import BY_ONE
from bot.model import Look
from bot.reply.pieces import TEXT_BYTES
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import SAMPLES, Clock, Sandbox, write_config
from tests.office import edit
from tests.test_jobs import work
from tests.test_webhook import Platform

ISSUE, EVE = "2026-06-13", "2026-06-11"
WANG, LI, READER = (name.ljust(28, "0") for name in ("oWangFang", "oLiMing", "oReader"))
WEB = 'public_url = "https://daily.example.cn"\nsecret_key = "a key of thirty-two letters, or so"'
ORDERS = ["状态", "预览", "通过", "退回 第二节有误", "发布", "封面 2", "标题 大事", "解绑", "帮助"]


class Chat:
    """What is said to the account, and what it answers."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._number = 0

    def __call__(self, text: str, openid: str = WANG, number: int = 0) -> str:
        self._number += 1
        fields = {"MsgType": "text", "Content": text, "FromUserName": openid}
        answer = self.platform.push(fields | {"MsgId": number or self._number})
        root = self.platform.opened(answer)
        said = root.findtext("Content") or root.findtext("Articles/item/Title") or ""
        assert root.findtext("ToUserName") == openid
        assert len(said.encode()) <= TEXT_BYTES
        return said


@pytest.fixture
def approval() -> str:
    """How many have to approve; overridden where it is another number."""
    return "one"


@pytest.fixture
def way() -> str:
    return "publish"


@pytest.fixture
def schedule() -> str:
    return "enabled = false"


@pytest.fixture
def config_path(
    tmp_path: Path, sandbox: Sandbox, queue_url: str, approval: str, way: str, schedule: str
) -> Path:
    path = write_config(tmp_path, sandbox.url, web=WEB, queue=f'url = "{queue_url}"')
    with path.open("a", encoding="utf-8") as settings:
        settings.write(f'[schedule]\napproval = "{approval}"\n{schedule}\n')
        settings.write(f'[publish]\nmode = "{way}"\n[followers]\nper_minute = 1000\n')
    return path


@pytest.fixture
def services(config_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_path, {}), clock) as opened:
        flow.add_issue(opened, SAMPLES[-2])
        flow.note_published(opened, EVE, "https://mp.weixin.qq.com/s/eve")
        yield opened


@pytest.fixture
def chat(services: Services, clock: Clock) -> Chat:
    return Chat(Platform(create_app(services).test_client(), clock, "secure"))


@pytest.fixture
def bind(services: Services, chat: Chat) -> Callable[[str, str], str]:
    def bound(name: str, openid: str) -> str:
        return chat(f"绑定 {services.editors.invite(name, timedelta(days=1))}", openid)

    return bound


@pytest.fixture
def editor(bind: Callable[[str, str], str]) -> None:
    assert "王芳，你已绑定" in bind("王芳", WANG)


@pytest.fixture
def drafted(services: Services, editor: None) -> None:
    flow.add_issue(services, SAMPLES[-1])
    flow.push_issue(services, ISSUE)


def state(services: Services) -> State:
    return services.ledger.delivery(ISSUE).state


def deeds(services: Services) -> list[tuple[str, str, str]]:
    """What editors did, as the record tells it."""
    steps = services.ledger.timeline(ISSUE)
    return [(step.who, step.what, step.detail) for step in steps if step.who.startswith("editor:")]


def asked_for(services: Services) -> list[str]:
    return [job.rpartition("-2026")[0] for job in services.queue.queue.job_ids]


# A follower.


def test_a_follower_who_writes_orders_is_answered_as_if_there_were_none(services, chat, drafted):
    """With an editor about, who writes the same at the same time."""
    with_editors = [chat(words, READER) for words in ORDERS]
    chat("解绑")
    assert with_editors == [chat(words, READER) for words in ORDERS]
    said = "".join(with_editors)
    for word in ("编辑", "草稿", "绑定 ", "preview/", "下一步"):
        assert word not in said
    assert state(services) is State.DRAFTED
    assert asked_for(services) == []


def test_what_a_follower_is_answered_from_memory_is_no_editors_answer_and_the_other_way_round(
    chat, drafted
):
    first = chat("状态", READER)
    mine = chat("状态")
    assert mine != first
    assert chat("状态", READER) == first
    assert "草稿已就绪" in mine


def test_an_editors_other_words_are_answered_as_a_followers(chat, editor):
    for words in ("数据要素", "发布会", "6月11日", "最新"):
        assert chat(words) == chat(words, READER)


def test_orders_are_not_among_what_readers_asked(services, chat, drafted):
    for words in (
        "状态",
        "通过",
        "数据要素",
        f"绑定 {services.editors.invite('李明', timedelta(1))}",
    ):
        chat(words)
    since = services.now() - timedelta(days=1)
    assert [asked.words for asked in services.conversations.asked(since)] == ["数据要素"]


# Binding.


def test_a_wrong_a_used_and_an_expired_code_get_the_same_answer(services, chat, clock):
    code = services.editors.invite("王芳", timedelta(hours=1))
    assert "王芳" in chat(f"绑定 {code}")
    old = services.editors.invite("李明", timedelta(hours=1))
    clock.forward(hours=2)
    answers = {chat(f"绑定 {each}", READER) for each in (code, old, "AAAAAAAAAA")}
    assert len(answers) == 1
    assert services.editors.name_of(READER) is None


def test_who_tries_codes_is_not_let_in_by_the_right_one_either_until_later(services, chat, clock):
    for _ in range(BY_ONE):
        wrong = chat("绑定 AAAAAAAAAA", READER)
    code = services.editors.invite("王芳", timedelta(days=1))
    assert chat(f"绑定 {code}", READER) == wrong
    clock.forward(hours=1)
    assert "王芳" in chat(f"绑定 {code}", READER)


def test_who_stops_following_is_no_editor_and_the_others_are_told(services, chat, drafted):
    chat.platform.happen("unsubscribe", FromUserName=WANG)
    assert services.editors.openids() == ()
    assert [notice.kind.partition(":")[0] for notice in services.notices.untold()] == [
        "bound",
        "unbound",
    ]
    chat.platform.happen("subscribe", FromUserName=WANG)
    assert chat("状态") == chat("状态", READER)


def test_an_editor_unbinds_and_is_a_follower(services, chat, editor):
    assert "已解绑" in chat("解绑")
    assert chat("状态") == chat("状态", READER)


# Where it stands.


def test_without_an_issue_of_today_the_newest_is_told(chat, editor):
    said = chat("状态")
    assert "今天（6月13日）还没有收到报告" in said
    assert "6月11日，已发布" in said
    assert chat("通过") == said


def test_status_tells_state_link_and_next_step(chat, drafted):
    said = chat("状态")
    assert "6月13日《国家数据局" in said
    assert "草稿已就绪" in said
    assert "https://daily.example.cn/preview/" in said
    assert "通过2026-06-13" in said
    assert "已发布" in chat("状态 6月11日")
    assert "没有 6月1日 的报告" in chat("状态 6月1日")


def test_tomorrows_issue_is_at_hand_once_todays_is_published(services, chat, drafted, clock):
    clock.moment -= timedelta(days=1)
    assert "6月13日" in chat("状态")


def test_help_tells_the_orders(chat, editor):
    assert all(
        word in chat("帮助") for word in ("状态", "预览", "通过", "退回", "发布", "封面", "标题")
    )


# The whole way.


def test_an_editor_takes_an_issue_from_the_preview_to_its_readers(
    services, chat, drafted, config_path, sandbox
):
    assert "几秒后草稿也会发到你的手机上" in chat("预览")
    work(config_path)
    assert "message/mass/preview" in sandbox.changes
    assert state(services) is State.PREVIEWED
    assert "已通过" in chat("通过")
    assert state(services) is State.APPROVED
    assert "开始发布" in chat("发布")
    assert "freepublish/submit" not in sandbox.changes  # nobody waits for the platform
    work(config_path)
    assert sandbox.changes.count("freepublish/submit") == 1
    assert "已发布" in chat("状态") or "平台在审核" in chat("状态")
    assert deeds(services) == [
        ("editor:王芳", Deed.ASKED, "预览"),
        ("editor:王芳", Deed.APPROVED, ""),
        ("editor:王芳", Deed.ASKED, "发布"),
    ]


def test_what_is_not_approved_is_not_published(services, chat, drafted):
    said = chat("发布")
    assert "要 1 个人通过，现在有 0 个" in said
    assert asked_for(services) == []


def test_what_was_changed_between_order_and_job_is_not_published(
    services, chat, drafted, config_path, sandbox
):
    chat("通过")
    chat("发布")
    edit(services)
    flow.push_issue(services, ISSUE)
    work(config_path)
    assert "freepublish/submit" not in sandbox.changes
    assert state(services) is State.DRAFTED


@pytest.mark.parametrize("approval", ["two"])
def test_two_people_are_two_people(services, chat, drafted, bind):
    assert "还需要 1 个人" in chat("通过")
    assert "还需要 1 个人" in chat("通过")
    assert state(services) is State.DRAFTED
    bind("李明", LI)
    assert "已通过" in chat("通过", LI)
    assert state(services) is State.APPROVED
    assert "已通过：李明、王芳（要 2 个人）" in chat("状态")
    edit(services)
    assert "正在更新" in chat("通过")
    flow.push_issue(services, ISSUE)
    assert "还需要 1 个人" in chat("通过", LI)


def test_an_order_for_an_issue_without_a_draft_has_it_made(services, chat, editor):
    flow.add_issue(services, SAMPLES[-1])
    assert "还没有草稿，正在建" in chat("通过")
    assert asked_for(services) == ["push_issue"]
    assert "https://daily.example.cn/preview/" in chat("预览")


@pytest.mark.parametrize("way", ["draft"])
def test_where_a_person_publishes_the_next_step_is_in_the_console(services, chat, drafted):
    assert "按“发表”" in chat("通过")
    assert "正在找文章的地址" in chat("发布")
    assert asked_for(services) == ["publish_approved"]


@pytest.mark.parametrize("schedule", ['enabled = true\ndays = "daily"'])
def test_what_happens_by_itself_is_said_as_long_as_it_will(services, chat, drafted, clock):
    clock.moment = clock.moment.replace(hour=7, minute=0)
    assert "07:30 自动发布" in chat("通过")
    clock.forward(hours=1)
    assert "几分钟内会自动发布" in chat("状态")
    clock.forward(hours=5)
    assert "不会自动发布" in chat("状态")


def test_without_a_queue_it_is_said_and_nothing_is_half_done(
    services, chat, drafted, config_path, clock
):
    broken = config_path.read_text(encoding="utf-8").replace("unix://", "unix:///nowhere")
    config_path.write_text(broken, encoding="utf-8")
    with open_services(load_config(config_path, {}), clock) as opened:
        other = Chat(Platform(create_app(opened).test_client(), clock, "secure"))
        other("通过", number=901)
        assert "没能交给后台去做：队列没有运行" in other("发布", number=902)
        assert "preview/" in other("预览", number=903)
    assert state(services) is State.APPROVED


# Returned.


def test_a_returned_issue_waits_for_a_correction(services, chat, drafted, config_path):
    chat("通过")
    said = chat("退回 第二节，<b>数字</b>有误")
    assert "已退回：第二节，＜b＞数字＜/b＞有误" in said
    assert state(services) is State.RETURNED
    assert "退回的原因" in chat("状态")
    assert "已退回，现在不能这样做" in chat("发布")
    assert asked_for(services) == []
    assert deeds(services)[-1] == ("editor:王芳", Deed.RETURNED, "第二节，<b>数字</b>有误")
    edit(services)
    flow.push_issue(services, ISSUE)
    assert state(services) is State.DRAFTED


def test_a_return_needs_its_reason(services, chat, drafted):
    assert "请写明原因" in chat("退回")
    assert "请写明原因" in chat("退回 6月13日")
    assert state(services) is State.DRAFTED


# The cover.


def test_an_editor_chooses_a_layout_by_its_number(services, chat, drafted, config_path):
    chat("通过")
    assert "1 日期为主，2 数字为主，3 标题为主" in chat("封面")
    assert "封面改为：标题为主" in chat("封面 3")
    assert services.covers.look(ISSUE).layout == "headline"
    before = services.ledger.delivery(ISSUE).fingerprint
    work(config_path)
    delivery = services.ledger.delivery(ISSUE)
    assert (delivery.state, delivery.fingerprint == before) == (State.DRAFTED, False)
    assert delivering.approved_by(services, delivery) == ()
    assert "不用更新" in chat("封面 3")
    assert "封面只有这几种" in chat("封面 7")
    assert "封面改为" in chat("封面 自动")
    assert services.covers.look(ISSUE) == Look()


def test_a_headline_is_the_covers_and_can_be_taken_back(services, chat, drafted):
    assert "改为：数据成为新燃料" in chat("标题 数据成为新燃料")
    assert services.covers.look(ISSUE).headline == "数据成为新燃料"
    assert services.archive.issue(ISSUE).headline.startswith("国家数据局")
    assert asked_for(services) == ["push_issue"]
    chat("标题 自动")
    assert services.covers.look(ISSUE) == Look()


def test_a_published_cover_does_not_change(services, chat, editor):
    assert "已发布，现在不能这样做" in chat("封面 6月11日 3")
    assert services.covers.look(EVE) == Look()


# Sent again.


def test_the_same_message_acts_once_however_often_and_wherever_it_comes(
    services, chat, drafted, config_path, clock
):
    chat("通过")
    with open_services(load_config(config_path, {}), clock) as opened:
        other = Chat(Platform(create_app(opened).test_client(), clock, "secure"))
        answers: list[str] = []
        tries = [
            threading.Thread(target=lambda to=to: answers.append(to("退回 有误", number=77)))
            for to in (chat, other, chat, other)
        ]
        for each in tries:
            each.start()
        for each in tries:
            each.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert [what for _, what, _ in deeds(services)].count(Deed.RETURNED) == 1
    # It was approved again since: an old try of the first message must not undo that.
    chat("通过")
    assert chat("退回 有误", number=77) == answers[0]
    assert state(services) is State.APPROVED


def test_a_message_in_an_envelope_that_is_not_the_platforms_orders_nothing(services, chat, drafted):
    envelope = chat.platform.envelope(
        {"MsgType": "text", "Content": "通过", "MsgId": 1, "FromUserName": WANG}
    )
    forged = envelope.query | {"msg_signature": "0" * 40}
    assert chat.platform.post(envelope.body.encode(), forged).status_code == 403
    assert state(services) is State.DRAFTED
