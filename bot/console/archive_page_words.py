"""Why an issue was found, as a sentence."""

from bot.archive.reasons import Reason, Sign

# By the step of the search that found it; the first needs no words.
STEPS = {2: "去掉问句里的虚词后，", 3: "拆开或改一个字后，", 4: "相近结果："}


def sentence_of(reason: Reason) -> str:
    """`标题里有“数据要素”，正文里有“AI”（也就是“人工智能”）`; `相近结果：正文里有“低空”“经济”`."""
    heading = "".join(_said(each) for each in reason.signs if each.in_heading)
    body = "".join(_said(each) for each in reason.signs if not each.in_heading)
    places = [f"标题里有{heading}" if heading else "", f"正文里有{body}" if body else ""]
    return STEPS.get(reason.step, "") + "，".join(filter(None, places))


def _said(sign: Sign) -> str:
    return f"“{sign.written}”" + (f"（也就是“{sign.asked}”）" if sign.asked else "")
