"""How often the platform lets each call be made in a day, and who counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """A call's allowance: what an editor calls it, and how many a day a new account has (0: not documented)."""

    name: str
    daily: int = 0


# The official table of default limits; larger for accounts with 100,000 followers and more.
LIMITS: Mapping[str, Limit] = {
    "draft/add": Limit("新建草稿", 1000),
    "draft/update": Limit("修改草稿", 1000),
    "draft/get": Limit("读草稿", 500),
    "draft/batchget": Limit("列出草稿", 1000),
    "draft/count": Limit("数草稿", 1000),
    "draft/delete": Limit("删除草稿", 1000),
    # In no table; users were stopped after about so many.
    "media/uploadimg": Limit("上传正文图片", 1000),
    "freepublish/submit": Limit("发布", 100),
    "freepublish/get": Limit("查发布结果", 100),
    "freepublish/batchget": Limit("列出已发布", 100),
    "freepublish/getarticle": Limit("读已发布", 100),
    "freepublish/delete": Limit("撤回已发布", 10),
    "message/mass/sendall": Limit("群发", 100),
    "message/mass/delete": Limit("撤回群发", 10),
    # Of previews to a WeChat id; those to an openid have no documented limit.
    "message/mass/preview": Limit("手机预览", 100),
    "message/custom/send": Limit("客服消息", 500_000),
    "menu/create": Limit("设置菜单", 1000),
    "menu/get": Limit("读菜单", 10_000),
    "menu/delete": Limit("删除菜单", 1000),
    "material/add_material": Limit("上传封面"),
    "material/batchget_material": Limit("列出素材"),
    "message/mass/get": Limit("查群发结果"),
    "get_current_selfmenu_info": Limit("看菜单"),
    "datacube/getarticletotaldetail": Limit("看阅读统计"),
    "datacube/getusersummary": Limit("看关注统计"),
    "openapi/quota/get": Limit("核对额度"),
    "stable_token": Limit("取凭证", 500_000),
}


class Quotas(Protocol):
    """Where the calls of a day (Asia/Shanghai) are counted."""

    def count(self, call: str) -> None:
        """One more. Never raises: a call does not wait for its tally."""
        ...

    def note(self, call: str, result: str) -> None:
        """What came of it: `ok`, an errcode, or the name of our error. Never raises."""
        ...


class Uncounted:
    """Nobody counts."""

    def count(self, call: str) -> None:
        """Nothing happens."""

    def note(self, call: str, result: str) -> None:
        """Nothing happens."""
