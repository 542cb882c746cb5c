"""The platform's error codes: which kind of failure each is, and what an editor or operator can do.

Sources: the official code lists and the error tables of the API pages.
"""

from collections.abc import Mapping
from typing import NamedTuple

from bot.errors import (
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)

# An access token that is wrong, replaced or expired: fetch another and try once more.
STALE_TOKEN = frozenset({40001, 40014, 42001})
BAD_MEDIA_ID = 40007
NO_PERMISSION = 48001

NOT_A_FIT_FILE = "图片不合平台要求（类型、大小或格式）。请换成小于 1 MB 的 JPG 或 PNG"
WHITELIST = (
    "服务器的 IP{ip} 不在公众号的 IP 白名单里。请到 微信开发者平台 → 基础信息 → 开发信息 加入后再试"
)
NOT_A_READER = "收件人的 openid 不对，或没有关注公众号。请核对收件人"
FAULT = "请求的写法不合平台要求，是程序的问题。请把错误码和 rid 告诉管理员"
ADMINISTRATOR = "这次调用要管理员确认。请管理员在微信里确认后再试"
NOTICE = "请登录公众平台查看通知"
SENT_ALREADY = "这一期已提交过群发。请稍后用 rikan status 日期 查看结果，不要在公众平台另发"
NOT_SENT_MASS = "平台上没有这条群发，或它不能删除。请到公众平台查看"
MENU_BUTTON = "菜单按钮不合要求（名称、类型、数量或网址）。请检查菜单设置"
UNKNOWN = "平台拒绝了请求。请把错误码和 rid 告诉管理员"

BUSY: Mapping[int, str] = {
    -1: "平台繁忙。请过一会儿再试",
    45011: "调用太快，被平台限速。请过一分钟再试",
    42010: "群发操作太快，被平台限速。请过几分钟再试",
    45064: "改菜单太频繁。请过几分钟再试",
    53501: "发布太频繁，被平台限速。请过几分钟再试",
    61503: "平台的统计数据还没有准备好。请晚些时候再试",
}
UNCLEAR: Mapping[int, str] = {
    45065: SENT_ALREADY,
    45066: SENT_ALREADY,
}
DENIED: Mapping[int, str] = {
    # The token, the secret, the server's address.
    40001: "AppSecret 不对，或凭证已被别的程序换掉。请核对 wechat.appsecret",
    40014: "访问凭证无效。请核对 wechat.appid 与 wechat.appsecret",
    42001: "访问凭证已过期且换不到新的。请过一会儿再试",
    40002: "取凭证的请求被拒绝。请核对 wechat.api_base_url",
    40013: "AppID 不对。请核对 wechat.appid",
    40125: "AppSecret 不对。请到公众平台重置后更新 wechat.appsecret",
    41002: "没有 AppID。请填写 wechat.appid",
    41004: "没有 AppSecret。请填写 wechat.appsecret",
    40164: WHITELIST,
    61004: WHITELIST,
    40243: "AppSecret 已被冻结。请到微信开发者平台解冻，约十分钟后生效",
    89501: ADMINISTRATOR,
    89502: ADMINISTRATOR,
    89503: ADMINISTRATOR,
    89504: "这次群发要管理员确认。请管理员在半小时内确认，或到 安全中心 关闭群发保护",
    89505: "这次群发还在等管理员确认。请管理员在半小时内确认后再看结果",
    89506: "管理员拒绝了这台服务器的 IP。请 24 小时后再试",
    89507: "管理员拒绝了这台服务器的 IP。请一小时后再试",
    268488001: f"这次群发被平台拦下。{NOTICE}",
    # The account.
    50002: f"账号受限。{NOTICE}",
    50004: f"账号被禁止获取凭证。{NOTICE}",
    50007: f"账号已被冻结。{NOTICE}",
    48003: "还没有同意群发协议。请登录公众平台同意后再试",
    48004: f"接口因违规被封禁。{NOTICE}",
    48008: "账号没有发这类消息的权限。请到公众平台查看接口权限",
    48015: "账号没有这项功能的权限。请到公众平台查看接口权限",
    53404: f"账号的带货功能受限。{NOTICE}",
    53406: "账号没有开通带货。请去掉文章里的商品",
    53500: f"账号被禁止发布。{NOTICE}",
    61007: "公众号没有把这项权限授给第三方平台。请重新授权",
    61023: "第三方平台的授权已失效。请重新授权",
    65400: "账号没有开通新版客服。请到公众平台开通",
    88000: "公众号没有留言权限。请关闭留言设置",
    # Its allowances.
    45009: "今天的调用次数已用完。请明天再试，或到公众平台清零；rikan account 可查用量",
    45028: "本期的群发次数已用完。请等下一期，或改用发布",
    45074: "公众号的素材库已满。请到公众平台删去不用的图片",
    48006: "本月的清零次数（10 次）已用完。请等明天的额度",
    # What only a person can do, in the console.
    45062: "账号接了广告，不能用接口操作。请到公众平台手动操作",
    48021: "这是公众平台自动保存的草稿，接口不能发布。请在平台上手动保存后再试",
    48022: "草稿里有用接口上传的视频，不能群发。请在公众平台换成平台上的视频",
    53504: "这篇草稿要在公众平台上发布。请登录公众平台操作",
    53505: "这篇草稿要先在公众平台上手动保存。请保存后再试一次",
}
REFUSED: Mapping[int, str] = {
    # Pictures and drafts.
    **dict.fromkeys((40004, 40005, 40006, 40009, 40113, 40137, 45001), NOT_A_FIT_FILE),
    46001: "图片没有传上去。请再试一次",
    BAD_MEDIA_ID: "平台上已没有这份草稿或图片，可能已在后台删除或发布。确认后请用 rikan push --fresh 重建",
    40114: "草稿里没有这一篇。请用 rikan push --fresh 重建草稿",
    48005: "这个素材正用在菜单或自动回复里，不能删除。请先在公众平台换掉它",
    # The article.
    40155: "文章里有别的公众号的主页链接。请去掉这个链接",
    41039: "“阅读原文”的地址不可用。请把 web.public_url 改成公网能打开的 https 地址",
    45005: "“阅读原文”的地址太长。请缩短 web.public_url",
    44002: FAULT,
    44003: "草稿内容是空的。请检查这一期的正文",
    44004: "正文是空的。请检查这一期的正文",
    45002: "正文超过 20,000 字符（含标签）。请缩短或拆成两期",
    45003: "标题超过 32 个字。请缩短标题",
    45004: "摘要超过 120 个字。请缩短摘要",
    45006: "图片的地址太长。请换一张图片",
    45007: "语音太长。请缩短到 60 秒以内",
    45008: "文章的篇数不对（1 到 8 篇）。请减少篇数",
    45110: "作者超过 16 个字。请缩短 newsletter.author",
    45166: "正文被平台判为无效内容。请检查这一期的正文",
    53405: "文章里的商品不对。请去掉或更换商品",
    53503: "草稿没有通过发布检查。请登录公众平台查看原因，改好后再推送",
    # Publication and mass messages.
    53502: "平台不认识这次发布。请到公众平台查看文章是否已发布",
    53600: "平台上没有这篇文章，可能已经删除。请到公众平台查看",
    **dict.fromkeys((40059, 40060, 40065, 40204), NOT_SENT_MASS),
    40152: "没有这个标签。请到公众平台的用户管理里核对标签",
    45067: "群发的编号太长，是程序的问题。请把错误码和 rid 告诉管理员",
    45113: "平台不再支持群发商品和卡券。请从文章里去掉",
    # Followers.
    **dict.fromkeys((40003, 40031, 40032, 40130), NOT_A_READER),
    43004: "对方没有关注公众号，收不到预览和消息。请先关注再试",
    45015: "对方 48 小时内没有来信，不能主动发消息。请等对方来信",
    45047: "48 小时内给这位读者发的消息已到上限。请等对方来信",
    48002: "对方拒收公众号的消息。不必再发",
    50001: "用户没有授权这项操作。请用户授权后再试",
    **dict.fromkeys((45072, 45080, 45081), "“正在输入”没有显示，不影响回复。不必处理"),
    # The menu.
    **dict.fromkeys((40016, 40017, 40018, 40019, 40020), MENU_BUTTON),
    **dict.fromkeys((40023, 40024, 40025, 40026, 40027, 40054, 40055), MENU_BUTTON),
    46003: "公众号没有用接口设过菜单。请到公众平台查看菜单",
    # How the request is written.
    **dict.fromkeys((40008, 40033, 40066, 41001, 41005, 43001, 43002, 44001), FAULT),
    **dict.fromkeys((45162, 47001, 47002, 47003), FAULT),
    # Statistics, the tools about calls, short keys.
    61500: "统计的日期写法不对。请写成 2026-06-13",
    61501: "统计的日期范围太长。请缩短范围",
    76001: "平台没有这个 rid 的记录。请核对 rid",
    76002: "rid 的写法不对。请核对 rid",
    76003: "这个 rid 属于别的账号。请核对 rid 和 wechat.appid",
    76004: "这个 rid 超过七天，查不到了。请用新的 rid",
    76021: FAULT,
    76022: FAULT,
    9410010: "短码要存的内容超过 4 KB。请缩短内容",
    9410011: "短码的有效期不对（最长 30 天）。请缩短有效期",
    9410012: "短码不存在或已过期。请重新生成",
}

# 48001: what an account without the permission can still do, by the call's beginning.
WITHOUT_PERMISSION = (
    (
        "freepublish/",
        "这个公众号没有发布的权限（个人号和未认证号都没有）。草稿照常可用：请在公众平台手动发布，"
        "再用 rikan publish 日期 --by-hand --url 记下",
    ),
    (
        "message/mass/preview",
        "这个公众号没有手机预览的权限（认证号才有）。请用 rikan preview 日期 给出的链接在手机上看",
    ),
    (
        "message/mass/",
        "这个公众号没有群发的权限（认证号才有）。草稿照常可用：请在公众平台手动发表，"
        "再用 rikan publish 日期 --by-hand --url 记下",
    ),
    (
        "message/custom/",
        "这个公众号不能主动给读者发消息（认证号才能）。对来信的当场回复照常可用，不必处理",
    ),
    ("datacube/", "这个公众号看不到阅读和关注的统计（认证号才能）。请在公众平台的 数据 里看"),
    ("menu/", "这个公众号不能用接口设菜单（认证号才能）。请在公众平台的 自定义菜单 里设置"),
    ("draft/", "这个 AppID 用不了草稿箱。请核对 wechat.appid 是公众号的，不是小程序的"),
    ("m", "这个 AppID 不能上传图片。请核对 wechat.appid 是公众号的，不是小程序的"),
    ("", "这个公众号没有该接口的权限。请用 rikan account 看它能做什么"),
)

# Calls that must not be taken for undone where the answer is unclear, and how one learns the truth.
ONCE: Mapping[str, str] = {
    "draft/add": "请再运行一次，会先核对，不会重复",
    "draft/delete": "请再运行一次，会先核对，不会重复",
    "freepublish/submit": "请再运行一次，会先核对，不会重复",
    "message/mass/sendall": "请再运行一次，会先核对，不会重复",
    "freepublish/delete": "请打开文章看是否已删除，没有再运行一次",
    "message/mass/delete": "请打开文章看是否已删除，没有再运行一次",
    "message/mass/preview": "请看手机上是否已收到，没有再运行一次",
}


class Meaning(NamedTuple):
    """What a code means, as a sentence with its remedy."""

    error: type[PlatformError]
    text: str


KINDS: Mapping[type[PlatformError], Mapping[int, str]] = {
    PlatformBusy: BUSY,
    PlatformUnclear: UNCLEAR,
    PlatformDenied: DENIED,
    PlatformRefused: REFUSED,
}
MEANINGS = {
    code: Meaning(kind, text) for kind, texts in KINDS.items() for code, text in texts.items()
}


def meaning(code: int, call: str = "") -> Meaning:
    """What `code` means as the answer to `call`; an unknown one is a refusal that shows the number."""
    if code == NO_PERMISSION:
        return Meaning(PlatformDenied, _without_permission(call))
    if code == -1 and call in ONCE:
        return Meaning(PlatformUnclear, f"平台繁忙，不知道是否已收到。{ONCE[call]}")
    return MEANINGS.get(code) or Meaning(PlatformRefused, UNKNOWN)


def _without_permission(call: str) -> str:
    return next(text for beginning, text in WITHOUT_PERMISSION if call.startswith(beginning))
