"""What a command would do, said beforehand and from our own notes: nothing is asked of the platform."""

from bot.delivery import IN_THE_BOX, STATE_NAMES, Deed, Delivery, State, Way
from bot.errors import ArticleError
from bot.model import Bundle
from bot.publish.draft import require_pushed, require_room, require_same, require_wanted
from bot.publish.release import require_draft


def push(delivery: Delivery, bundle: Bundle, *, fresh: bool = False) -> str:
    """For `rikan push`."""
    try:
        if delivery.state in (State.PUBLISHING, State.PUBLISHED):
            require_same(delivery, bundle)
            return f"什么也不做：这一期{STATE_NAMES[delivery.state]}"
        require_wanted(delivery)
        require_room(bundle)
    except ArticleError as error:
        return f"做不成：{error}"
    return _drafting(delivery, bundle, fresh=fresh)


def _drafting(delivery: Delivery, bundle: Bundle, *, fresh: bool) -> str:
    if delivery.state is State.DRAFTING and not delivery.media_id:
        return "先到草稿箱里找上次的草稿：有就更新它，没有才新建"
    if fresh and delivery.media_id:
        return "先看草稿还在不在：在就原地更新，不在了才另建一份"
    if not delivery.media_id:
        return "上传还没传过的图片，新建一份草稿，再读回核对"
    if delivery.state in IN_THE_BOX and delivery.fingerprint == bundle.fingerprint:
        if delivery.state is State.RETURNED:
            return "什么也不做：已退回，内容还没有改"
        unread = delivery.checked != bundle.fingerprint
        return "内容没有变：只读回草稿核对" if unread else "什么也不做：草稿已就绪，内容没有变"
    return "上传还没传过的图片，原地更新草稿，再读回核对"


def publish(delivery: Delivery, bundle: Bundle, way: Way) -> str:
    """For `rikan publish`."""
    if delivery.state is State.PUBLISHED:
        return "什么也不做：这一期已发布"
    if delivery.state is State.PUBLISHING:
        return (
            "已经提交过：只查询结果，不会再提交"
            if delivery.publish_id
            else "先核对上次提交有没有成功"
        )
    try:
        require_draft(delivery)
        if way is not Way.DRAFT:
            require_pushed(delivery, bundle)
    except ArticleError as error:
        return f"做不成：{error}"
    return {
        Way.DRAFT: "只查看：草稿还在不在，有没有已发布的文章（由人在公众平台上发表）",
        Way.PUBLISH: "提交发布：成为有固定地址的文章，不通知读者",
        Way.MASS: "群发给所有读者：占用当天的群发次数，不能收回已送达的通知",
    }[way]


def deed(delivery: Delivery, what: str) -> str:
    """For the other commands; what stands in their way has been ruled out."""
    state = delivery.state
    if what == Deed.PREVIEW:
        return "把草稿发到这些人的手机上，只有他们看得到"
    if what == Deed.APPROVED:
        return "什么也不做：已批准" if state is State.APPROVED else "记下批准，平台上没有变化"
    if what == Deed.RETURNED:
        return "记下退回和原因，已有的批准作废，平台上没有变化"
    if what == Deed.SKIPPED:
        return "什么也不做：已跳过" if state is State.SKIPPED else "记下跳过，草稿箱里的草稿不动"
    if what == Deed.RESUMED:
        return "记下不再跳过" if state is State.SKIPPED else "什么也不做：没有跳过"
    return "在平台上删除这一期的文章，地址从此失效，不能恢复"
