"""The platform's error codes: which kind of failure each is, and what an editor or operator can do.

Sources: the official code lists and the error tables of the API pages.
"""

from typing import NamedTuple

from bot.errors import PlatformBusy, PlatformDenied, PlatformError, PlatformRefused

# An access token that is wrong, replaced or expired: fetch another and try once more.
STALE_TOKEN = frozenset({40001, 40014, 42001})
BAD_MEDIA_ID = 40007


class Meaning(NamedTuple):
    """What a code means, as a sentence with its remedy."""

    error: type[PlatformError]
    text: str


def _busy(text: str) -> Meaning:
    return Meaning(PlatformBusy, text)


def _denied(text: str) -> Meaning:
    return Meaning(PlatformDenied, text)


def _refused(text: str) -> Meaning:
    return Meaning(PlatformRefused, text)


NO_LONGER_PICTURE = "图片不合平台要求（类型、大小或格式）。请换成小于 1 MB 的 JPG 或 PNG"
WHITELIST = (
    "服务器的 IP{ip} 不在公众号的 IP 白名单里。请到 微信开发者平台 → 基础信息 → 开发信息 加入后再试"
)

MEANINGS: dict[int, Meaning] = {
    -1: _busy("平台繁忙。请过一会儿再试"),
    45011: _busy("调用太快，被平台限速。请过一分钟再试"),
    42010: _busy("操作太快，被平台限速。请过几分钟再试"),
    53501: _busy("发布太频繁，被平台限速。请过几分钟再试"),
    61503: _busy("平台的统计数据还没有准备好。请晚些时候再试"),
    40001: _denied("AppSecret 不对，或凭证已被别的程序换掉。请核对 wechat.appsecret"),
    40014: _denied("访问凭证无效。请核对 wechat.appid 与 wechat.appsecret"),
    42001: _denied("访问凭证已过期且换不到新的。请过一会儿再试"),
    40002: _denied("取凭证的请求被拒绝。请核对 wechat.api_base_url"),
    40013: _denied("AppID 不对。请核对 wechat.appid"),
    40125: _denied("AppSecret 不对。请到公众平台重置后更新 wechat.appsecret"),
    41002: _denied("没有 AppID。请填写 wechat.appid"),
    41004: _denied("没有 AppSecret。请填写 wechat.appsecret"),
    40164: _denied(WHITELIST),
    61004: _denied(WHITELIST),
    40243: _denied("AppSecret 已被冻结。请到微信开发者平台解冻，约十分钟后生效"),
    50002: _denied("账号受限。请登录公众平台查看通知"),
    50004: _denied("账号被禁止获取凭证。请登录公众平台查看通知"),
    50007: _denied("账号已被冻结。请登录公众平台查看通知"),
    48001: _denied(
        "这个公众号没有该接口的权限（个人号和未认证号不能发布）。请在公众平台手动发布，再用 rikan publish 日期 --by-hand --url 记下"
    ),
    48003: _denied("还没有同意群发协议。请登录公众平台同意后再试"),
    48004: _denied("接口因违规被封禁。请登录公众平台查看通知"),
    89503: _denied("这次调用要管理员确认。请管理员在微信里确认后再试"),
    89506: _denied("管理员拒绝了这台服务器的 IP。请 24 小时后再试"),
    89507: _denied("管理员拒绝了这台服务器的 IP。请一小时后再试"),
    45009: _denied("今天的调用次数已用完。请明天再试，或到公众平台清零"),
    45028: _denied("本期的群发次数已用完。请等下一期"),
    45062: _denied("账号接了广告，不能用接口操作。请到公众平台手动操作"),
    48021: _denied("这是公众平台自动保存的草稿，接口不能发布。请在平台上手动保存后再试"),
    53500: _denied("账号被禁止发布。请登录公众平台查看通知"),
    53504: _denied("这篇草稿要在公众平台上发布。请登录公众平台操作"),
    53505: _denied("请先在公众平台上手动保存这篇草稿，再试一次"),
    88000: _denied("公众号没有留言权限。请关闭留言设置"),
    40005: _refused(NO_LONGER_PICTURE),
    40009: _refused(NO_LONGER_PICTURE),
    40113: _refused(NO_LONGER_PICTURE),
    40137: _refused(NO_LONGER_PICTURE),
    45001: _refused(NO_LONGER_PICTURE),
    45074: _refused("公众号的素材库已满。请到公众平台删去不用的图片"),
    BAD_MEDIA_ID: _refused(
        "平台上已没有这份草稿或图片，可能已在后台删除或发布。确认后可用 rikan push --fresh 重建"
    ),
    40114: _refused("草稿里没有这一篇。请用 rikan push --fresh 重建草稿"),
    41039: _refused("“阅读原文”的地址不可用。web.public_url 应是公网能打开的 https 地址"),
    45005: _refused("“阅读原文”的地址太长。请缩短 web.public_url"),
    44003: _refused("草稿内容是空的。请检查这一期的正文"),
    45002: _refused("正文超过 20,000 字符（含标签）。请缩短或拆成两期"),
    45003: _refused("标题超过 32 个字。请缩短标题"),
    45004: _refused("摘要超过 120 个字。请缩短摘要"),
    45110: _refused("作者超过 16 个字。请缩短 newsletter.author"),
    45166: _refused("正文被平台判为无效内容。请检查这一期的正文"),
    53502: _refused("平台不认识这次发布。请到公众平台查看文章是否已发布"),
    53503: _refused("草稿没有通过发布检查。请登录公众平台查看原因，改好后再推送"),
    53600: _refused("平台上没有这篇文章。请到公众平台查看"),
}


def meaning(code: int) -> Meaning:
    """What `code` means; an unknown one is a refusal that shows the number."""
    return MEANINGS.get(code) or _refused("平台拒绝了请求。请把错误码和 rid 告诉管理员")
