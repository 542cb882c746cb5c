"""The application with a search that takes six seconds, as gunicorn runs it; each run leaves a line in runs.txt."""

import os
import threading
from contextlib import ExitStack
from pathlib import Path

from flask import Flask

from bot.config import find_config, load_config
from bot.services import Services, now_in_shanghai
from bot.web import create_app

SLOW = 6.0  # seconds: longer than the platform waits


def application() -> Flask:
    """One server process's."""
    services = Services(load_config(find_config(None)), now_in_shanghai, ExitStack())
    app = create_app(services)
    search, runs = services.archive.search, Path(os.environ["RUNS"])

    def slow(*args, **more):
        with runs.open("a", encoding="utf-8") as file:
            file.write(f"{args[0]}\n")
        threading.Event().wait(SLOW)
        return search(*args, **more)

    vars(services.archive)["search"] = slow
    return app
