"""Secrets that do not show themselves: not in a log, not in a traceback that prints variables."""

import logging
import re

IN_ADDRESS = re.compile(r"((?:access_token|secret)=)[^&\s'\"]+")


class Veiled(str):
    """A text that is used as it is and printed as three dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


class Sealed(bytes):
    """A request's body with a secret in it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'…'"


class Redacted(logging.Filter):
    """Takes the secrets out of the addresses that urllib3 logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, cleaned."""
        record.msg, record.args = IN_ADDRESS.sub(r"\1…", record.getMessage()), ()
        return True


def quieten() -> None:
    """From now on nothing that urllib3 logs holds a secret."""
    for speaker in ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(speaker)
        if not any(isinstance(each, Redacted) for each in logger.filters):
            logger.addFilter(Redacted())
