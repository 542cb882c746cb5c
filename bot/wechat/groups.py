"""The API groups that wechatpy 1.8.18 lacks or gets wrong, one method a call."""

from typing import Any

from wechatpy.client.api.base import BaseWeChatAPI

# Said by the protection against sending twice. What the answer then holds is the first one's number.
SENT_ALREADY = frozenset({45065, 45066})


class Draft(BaseWeChatAPI):  # type: ignore[misc]  # wechatpy has no types
    """The draft box."""

    def add(self, articles: list[dict[str, Any]]) -> Any:
        return self._post("draft/add", data={"articles": articles})

    def update(self, media_id: str, index: int, article: dict[str, Any]) -> Any:
        # `articles` is one object here, not a list: the platform's own naming.
        return self._post(
            "draft/update", data={"media_id": media_id, "index": index, "articles": article}
        )

    def get(self, media_id: str) -> Any:
        return self._post("draft/get", data={"media_id": media_id})

    def delete(self, media_id: str) -> Any:
        return self._post("draft/delete", data={"media_id": media_id})

    def batchget(self, offset: int, count: int) -> Any:
        return self._post(
            "draft/batchget", data={"offset": offset, "count": count, "no_content": 0}
        )

    def count(self) -> Any:
        return self._get("draft/count")


class FreePublish(BaseWeChatAPI):  # type: ignore[misc]
    """Publication to a permanent address, without a push to followers."""

    def submit(self, media_id: str) -> Any:
        return self._post("freepublish/submit", data={"media_id": media_id})

    def get(self, publish_id: str) -> Any:
        return self._post("freepublish/get", data={"publish_id": publish_id})

    def delete(self, article_id: str, index: int) -> Any:
        return self._post("freepublish/delete", data={"article_id": article_id, "index": index})

    def batchget(self, offset: int, count: int, *, no_content: bool = False) -> Any:
        page = {"offset": offset, "count": count, "no_content": int(no_content)}
        return self._post("freepublish/batchget", data=page)


class Mass(BaseWeChatAPI):  # type: ignore[misc]
    """An article as a message to all followers, and before that to one."""

    def preview(self, media_id: str, receiver: dict[str, str]) -> Any:
        body = {**receiver, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
        return self._post("message/mass/preview", data=body)

    def send_to_all(self, media_id: str, client_id: str, *, ignore_reprint: bool) -> Any:
        body = {
            "filter": {"is_to_all": True},
            "msgtype": "mpnews",
            "mpnews": {"media_id": media_id},
            "send_ignore_reprint": int(ignore_reprint),
            "clientmsgid": client_id,
        }
        return self._post("message/mass/sendall", data=body, answers=SENT_ALREADY)

    def get(self, msg_id: str) -> Any:
        return self._post("message/mass/get", data={"msg_id": msg_id})

    def delete(self, msg_id: str, index: int) -> Any:
        body = {"msg_id": int(msg_id) if msg_id.isdecimal() else msg_id, "article_idx": index}
        return self._post("message/mass/delete", data=body)


class Custom(BaseWeChatAPI):  # type: ignore[misc]
    """Messages to one follower, for a while after they wrote or tapped something."""

    def send(self, openid: str, kind: str, part: dict[str, Any]) -> Any:
        body = {"touser": openid, "msgtype": kind, kind: part}
        return self._post("message/custom/send", data=body)


class About(BaseWeChatAPI):  # type: ignore[misc]
    """What the account is told about itself, and its menu."""

    def shown_menu(self) -> Any:
        return self._get("get_current_selfmenu_info")

    def own_menu(self) -> Any:
        return self._get("menu/get")

    def set_menu(self, buttons: list[dict[str, Any]]) -> Any:
        return self._post("menu/create", data={"button": buttons})

    def quota(self, call: str) -> Any:
        return self._post("openapi/quota/get", data={"cgi_path": f"/cgi-bin/{call}"})
