"""Followers who have been asking for a month, for the pictures of what the console says of them."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.counting.round import count_readers
from bot.dialogue import Answer, Hit, Message, Query, Reply, Wish
from bot.services import Services, open_services

FOUND = ("人工智能", "低空经济", "数据要素", "算力", "新能源汽车", "人形机器人", "量子", "6G")
IN_VAIN = ("飞的", "室温超导", "CCUS", "合成生物", "东数西算")
HOURS = (7, 7, 8, 8, 8, 9, 12, 12, 13, 18, 21, 21, 22)
DAYS, QUESTIONS, FOLLOWERS = 30, 900, 240


def ask_for_a_month(services: Services) -> None:
    """Questions of the last days, a synonym for one that found nothing, and the platform's figures."""
    moment = [services.now()]
    with open_services(services.config, lambda: moment[0]) as then:
        for number, (at, words) in enumerate(questions(services.now())):
            moment[0], sender = at, f"o{number % FOLLOWERS}"
            message = Message("text", sender, "gh", at, f"crowd-{number}", text=words)
            then.conversations.note(message, f"crowd-{number}", answer_to(words, at), 1.0)
        then.conversations.flush()
    services.readers.sayings.add(f"{IN_VAIN[0]} = {FOUND[1]}", "console:王芳")
    count_readers(services)


def questions(now: datetime) -> Iterator[tuple[datetime, str]]:
    """When, and with which words; the more the nearer."""
    chance = random.Random(7)  # noqa: S311 - a crowd, not a secret
    for _ in range(QUESTIONS):
        at = now - timedelta(days=DAYS * chance.random() ** 1.3)
        at = at.replace(hour=chance.choice(HOURS))
        words = FOUND if chance.random() > 0.12 else IN_VAIN
        if at < now:
            yield at, chance.choices(words, [1 / (place + 1) for place in range(len(words))])[0]


def answer_to(words: str, at: datetime) -> Answer:
    """Found or not, as the words are."""
    hits = (Hit("2026-06-13", at.date(), "", "", "", "", 1),) if words in FOUND else ()
    return Answer(Reply("text", "", None, hits), Query(Wish.WORDS, words, None, words))
