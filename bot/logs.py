"""One log of all processes: a line an event, with the time, the process, and what it was about.

Whatever speaks through `logging`, our own parts and the libraries, is written here by structlog.
`bound` says which issue, job or request the lines of a stretch of work belong to.
"""

import logging
import re
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.config import Config, secrets_of

# Lines are compared with the newsletter's day, wherever the server stands.
ZONE = ZoneInfo("Asia/Shanghai")
IN_ADDRESS = re.compile(r"((?:access_token|secret|appsecret|[?&]key)=)[^&\s'\"\\]+")
TICKET = re.compile(r"(/preview/)[^/\s'\"\\]+")  # its holder sees what is not published
PASSWORD = re.compile(r"(://[^/\s:@'\"]*:)[^/\s@'\"]+@")
SHORTEST = 6  # characters; a shorter one would be found in every other word
NOTHING = re.compile(r"(?!)")
# These say every step they take; at this level they say what went wrong.
QUIET = {
    "rq": logging.WARNING,
    "gunicorn.error": logging.WARNING,
    "urllib3": logging.WARNING,
    "alembic": logging.WARNING,
}
NAMELESS = "rikan"

_process = [NAMELESS]


def begin_log(process: str, config: Config) -> None:
    """Write this process's log to stderr, as `[log]` says. `process` is its name on each line."""
    _process[0] = process
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(config.log.format),
                _redacting(secrets_of(config)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(config.log.level.upper())
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    structlog.configure(
        processors=[*_common(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def name_process(process: str) -> None:
    """This process, a fork of one that has begun its log, has a name of its own."""
    _process[0] = process


def bound(**about: str) -> AbstractContextManager[None]:
    """The lines of this stretch of work are about that issue, job or request."""
    return structlog.contextvars.bound_contextvars(**about)


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(["issue", "job", "request", "child", "reason"]),
        _stamp,
        structlog.processors.format_exc_info,
    ]


def _stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    now = datetime.now(ZONE).isoformat(sep=" ", timespec="milliseconds")
    return {"time": now, "process": _process[0], **event}


def _rendering(form: str) -> list[Processor]:
    return [structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _plainly]


def _plainly(_: WrappedLogger, __: str, event: EventDict) -> str:
    """A line for people: when, how bad, who, what; then what it is about; then any traceback."""
    head = [event.pop(key, "") for key in ("time", "level", "process", "event")]
    traceback = event.pop("exception", "")
    about = " ".join(f"{key}={_word(value)}" for key, value in event.items())
    line = f"{head[0]} {head[1]:<7} {head[2]}: {head[3]}"
    return "\n".join(filter(None, (f"{line}  {about}" if about else line, traceback)))


def _word(value: object) -> str:
    text = str(value)
    return repr(text) if not text or any(letter.isspace() for letter in text) else text


def _redacting(secrets: Iterable[str]) -> Processor:
    """The last to see a line: none of our secrets leaves in it, whoever let it slip."""
    known = [re.escape(each) for each in sorted(secrets, key=len, reverse=True)]
    known = [each for each in known if len(each) >= SHORTEST]
    pattern = re.compile("|".join(known)) if known else NOTHING

    def redact(_: WrappedLogger, __: str, line: Any) -> str:
        line = TICKET.sub(r"\1…", IN_ADDRESS.sub(r"\1…", line))
        return pattern.sub("…", PASSWORD.sub(r"\1…@", line))

    return redact
