"""A WeRoBot that sends every text back, without sessions, which it would keep in SQLite. See `bench_webhook`."""

import os

from werobot import WeRoBot  # type: ignore[import-not-found]  # in an environment of its own

bot = WeRoBot(token=os.environ["WECHAT_TOKEN"])
bot.config["SESSION_STORAGE"] = False
bot.text(lambda message: message.content)
app = bot.wsgi
