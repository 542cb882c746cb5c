"""References: whether each says who published it, and when, and that before the issue."""

from collections.abc import Iterator, Sequence

from bot.ingest.proof.passage import warning
from bot.model import Issue, Problem

_NAMED = 6


def check_references(issue: Issue) -> Iterator[Problem]:
    """No references at all, or some without source or date, or of a later day than the issue."""
    numbered = list(enumerate(issue.references, start=1))
    if not numbered:
        yield warning("参考文献", "没有参考文献", "请在文末补上“参考文献”和各条来源")
    for lack, numbers in (
        ("来源和日期", [at for at, each in numbered if not each.source and not each.date]),
        ("来源", [at for at, each in numbered if not each.source and each.date]),
        ("日期", [at for at, each in numbered if each.source and not each.date]),
    ):
        if numbers:
            yield warning(
                _place(numbers),
                f"看不出{lack}",
                f"请写明{lack}，形如“国家数据局 | 标题 | 2026-06-08”",
            )
    # One that gives only its month is later than the issue if that is.
    later = [at for at, each in numbered if each.date > str(issue.date)[: len(each.date)]]
    if later:
        text = f"日期晚于本期的 {issue.date}"
        yield warning(_place(later), text, "请核对这里的日期，或本期的日期")


def _place(numbers: Sequence[int]) -> str:
    shown = "、".join(map(str, numbers[:_NAMED]))
    more = f"等 {len(numbers)} " if len(numbers) > _NAMED else " "
    return f"参考文献第 {shown}{more}条"
