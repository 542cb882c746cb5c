"""One peer renders a Markdown file, in an environment of its own: its article's body and its times.

Called by `bench_peers`: `python peer.py NAME FILE`; prints JSON `{"html": …, "ms": [...]}`.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

WARM_UPS, ROUNDS = 3, 20


def renderer(name: str) -> Callable[[str], str]:
    """What turns Markdown into HTML, as that package's own documentation calls it."""
    match name:
        case "inkpress":
            render = import_module("inkpress").MarkdownConverter(theme="default").convert
        case "wechat-md":
            render = import_module("wechat_md").markdown_to_html
        case "wechat-formatter":
            package = import_module("wechat_formatter")
            template, tweaks = package.get_template("极简风", "经典"), package.FormatTweaks()
            render = partial(package.render_article, template=template, tweaks=tweaks)
        case _:
            parts = vars(import_module("skills.md2wechat.libs.converter")).values()
            render = next(each for each in parts if hasattr(each, "_inline_format"))().convert
    return render


def main() -> None:
    """Render, then measure."""
    render, text = renderer(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8")
    page = render(text)
    times = []
    for turn in range(WARM_UPS + ROUNDS):
        started = time.perf_counter()
        render(text)
        if turn >= WARM_UPS:
            times.append((time.perf_counter() - started) * 1000)
    body = re.search(r"<body[^>]*>([\s\S]*)</body>", page, re.IGNORECASE)
    print(json.dumps({"html": body[1].strip() if body else page, "ms": times}))


if __name__ == "__main__":
    main()
