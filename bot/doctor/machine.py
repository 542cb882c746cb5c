"""The machine: who may read what, how much room there is, what the drawing of covers needs."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from bot.doctor.verdict import Verdict, fail, ok, warn
from bot.render.fonts import Face, bold, regular

# Bytes: some weeks of reports and pictures; some days.
LITTLE_ROOM, NO_ROOM = 2_000_000_000, 200_000_000
FEW_FILES = 1000  # inodes
# What every cover says.
SPECIMEN = "新质生产力每日动态 2026年6月13日"
DECEMBER = 12


def secrets(settings: Path | None, named: Mapping[str, Path], data: Path) -> Iterator[Verdict]:
    """The settings, the files that hold secrets (by the variable that names each), the data folder."""
    fine = True
    if settings and (said := _open_to_others(settings)):
        yield fail(f"{settings} 里有口令，本机别的用户也{said}。请运行 chmod 600 {settings}")
        fine = False
    for variable, path in named.items():
        if said := _open_to_others(path):
            yield warn(
                f"{variable} 指的 {path} 是口令，本机别的用户也{said}。请运行 chmod 600 {path}"
            )
            fine = False
    if (said := _open_to_others(data)) and _others_get_to(data):
        yield warn(f"数据目录 {data} 本机别的用户也{said}。请运行 chmod 700 {data}")
        fine = False
    if fine:
        yield ok("设置文件、口令和数据目录只有自己能读")


def _open_to_others(path: Path) -> str:
    mode = path.stat().st_mode if path.exists() else 0
    return "能改" if mode & stat.S_IWOTH else "能读" if mode & stat.S_IROTH else ""


def _others_get_to(path: Path) -> bool:
    """Whether no folder above is closed to them; a file with secrets may be copied out of it."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def room(
    data: Path, measure: Callable[[Path], os.statvfs_result] = os.statvfs
) -> Iterator[Verdict]:
    """The disk of the data folder."""
    place = next(path for path in (data, *data.parents) if path.exists())
    disk = measure(place)
    free = disk.f_bavail * disk.f_frsize
    left = f"数据目录所在的磁盘还剩 {free / 1e9:.1f} GB"
    remedy = "请删去不用的文件，或换一块大的磁盘"
    if free < NO_ROOM or (disk.f_files > 0 and disk.f_favail == 0):
        yield fail(f"{left}，就要写不进去了。{remedy}")
    elif free < LITTLE_ROOM or (disk.f_files > 0 and disk.f_favail < FEW_FILES):
        yield warn(f"{left}，不多了。{remedy}")
    else:
        yield ok(left)


def folders(data: Path, inbox: Path) -> Iterator[Verdict]:
    """Whether what is kept can be written, and what is dropped can be taken in."""
    for path, name, setting in (
        (data, "数据目录", "paths.data"),
        (inbox, "收件目录", "paths.inbox"),
    ):
        if not path.is_dir():
            yield fail(f"没有{name} {path}。请检查设置 {setting}，或建好这个目录")
        elif not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            yield fail(f"{name} {path} 读不了或写不进。请把它的所有者改为运行 rikan 的用户")
        else:
            yield ok(f"{name} {path} 可以读写")


def fonts(folder: Path) -> Iterator[Verdict]:
    """The two weights that covers are set in, and the one for rare hanzi. Raises StartError."""
    for face in (regular(folder), bold(folder)):
        Face(face.rare, face.rare).at(24)
        if lacking := face.missing(SPECIMEN):
            yield fail(f"封面字体 {face.path.name} 缺“{lacking}”等字。请重新安装 rikan")
            return
    yield ok("封面字体都在")


def calendar(today: date, days: object, known: Callable[[int], bool]) -> Iterator[Verdict]:
    """Whether the holidays of this year, and in December of the next, are known."""
    if days != "workdays":
        yield ok("发布日不看放假安排")
        return
    needed = [today.year, today.year + 1] if today.month == DECEMBER else [today.year]
    if unknown := [year for year in needed if not known(year)]:
        yield warn(
            f"不知道 {unknown[0]} 年的放假和调休，会按周一到周五发。请运行 pip install -U chinesecalendar"
        )
    else:
        yield ok(f"知道 {'、'.join(map(str, needed))} 年的放假和调休")
