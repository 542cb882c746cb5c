"""When the platform is to be asked for its figures. Light: whoever ticks every minute loads it."""

from datetime import datetime, time, timedelta

from bot.archive.readership import Round
from bot.jobs.queue import COUNT
from bot.services import Services

# The platform is ready from eight on; by half past it is for everybody.
FROM = time(8, 30)
REST = timedelta(hours=1)


def want_count(services: Services) -> bool:
    """Have it done by a job, if it is due: for whoever comes by every minute. Whether that was asked for."""
    now, wechat = services.now(), services.config.wechat
    if now.time() < FROM or not (wechat.appid and wechat.appsecret):
        return False
    if not is_due(now, services.readers.readership.last_round()):
        return False
    return services.queue.want(COUNT, now.date().isoformat())


def is_due(now: datetime, last: Round | None) -> bool:
    """Whether today's figures are still to be got, and the last failure is long ago."""
    if now.time() < FROM:
        return False
    return last is None or (last.done_on != now.date() and now - last.tried_at >= REST)
