"""What the platform has no room for, and would cut or refuse."""

from collections.abc import Iterator

from bot.ingest.proof.passage import warning
from bot.model import Issue, Problem

TITLE_LENGTH, DIGEST_LENGTH = 32, 120  # characters; draft/add
_STOPS = "。！？"


def check_limits(issue: Issue) -> Iterator[Problem]:
    """The article's title, and its digest, which is made of the summary's first whole sentences."""
    if len(issue.name) > TITLE_LENGTH:
        text = f"文章标题“{issue.name}”有 {len(issue.name)} 个字，公众号最多 {TITLE_LENGTH} 个"
        yield warning("标题", text, "请缩短刊名")
    if _is_cut("".join(issue.summary.splitlines())):
        text = f"公众号的摘要最多 {DIGEST_LENGTH} 个字，这里会断在半句"
        yield warning("摘要", text, f"请让前一两句在 {DIGEST_LENGTH} 个字以内结束")


def _is_cut(summary: str) -> bool:
    """Whether no sentence ends where the digest may: late enough to say something, and in time."""
    last = max(summary[: DIGEST_LENGTH - 1].rfind(stop) for stop in _STOPS)
    return len(summary) > DIGEST_LENGTH and last <= DIGEST_LENGTH // 3
