"""Whole commands, start to end, beside an empty Python process in the same run."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ISSUES = ROOT / "tests" / "issues"
ROUNDS = 9
SETTINGS = '[wechat]\nappid = "wx"\nappsecret = "s"\ntoken = "t"\nmode = "plain"\n'


def seconds(words: list[str], folder: Path) -> float:
    """One run of a process."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def main() -> None:
    rikan = ["-m", "bot.cli.main"]
    cases = {
        "python -c pass": ["-c", "pass"],
        "rikan --help": [*rikan, "--help"],
        "rikan ask 数据要素": [*rikan, "ask", "数据要素"],
        "rikan show FILE --json": [*rikan, "show", str(ISSUES / "2026-06-13.txt"), "--json"],
        "rikan render FILE": [*rikan, "render", str(ISSUES / "2026-06-13.txt"), "-o", "out"],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(SETTINGS, encoding="utf-8")
        seconds([*rikan, "add", "--published", *map(str, sorted(ISSUES.glob("*.txt")))], folder)
        times: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(ROUNDS):  # interleaved, so that a busy moment hits all of them
            for case, words in cases.items():
                times[case].append(seconds(words, folder))
    empty = statistics.median(times["python -c pass"])
    print(f"{'whole process, median of ' + str(ROUNDS):32} {'ms':>8} {'× empty':>8}")
    for case, each in times.items():
        middle = statistics.median(each)
        print(f"{case:32} {middle * 1000:8.0f} {middle / empty:8.1f}")


if __name__ == "__main__":
    main()
