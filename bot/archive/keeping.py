"""Answers as rows: replies and lists as text, and back, for the second try and for 更多."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.dialogue import Answer, Card, Listed, Query, Reply, Wish


def columns_of(answer: Answer | None, *, with_words: bool) -> dict[str, Any]:
    """What is written of an answer; nulls where there is none yet. What was asked only `with_words`."""
    if answer is None:
        return dict.fromkeys(("answer", "listed", "words", "wish", "hits", "step"))
    reply, asked = answer.reply, answer.query if with_words else None
    return {
        "answer": write_answer(reply),
        "listed": write_list(answer.listed) if answer.listed else None,
        "words": asked and asked.text,
        "wish": asked and asked.wish.name.lower(),
        "hits": len(reply.hits),
        "step": reply.hits[0].step if reply.hits else 0,
    }


def write_answer(reply: Reply) -> str:
    """What the platform was told; the hits are not told again."""
    card = reply.card and asdict(reply.card)
    return json.dumps({"kind": reply.kind, "text": reply.text, "card": card}, ensure_ascii=False)


def read_answer(plain: str) -> Reply:
    """The reply as it was."""
    kept = json.loads(plain)
    return Reply(kept["kind"], kept["text"], kept["card"] and Card(**kept["card"]))


def write_list(listed: Listed) -> str:
    """A list, with the query that it answers."""
    query = listed.query
    days = query.days and [day.isoformat() for day in query.days]
    return json.dumps(
        {
            "query": [query.wish, query.text, days, query.words],
            "day": listed.day.isoformat(),
            "ids": listed.ids,
            "shown": listed.shown,
        },
        ensure_ascii=False,
    )


def read_list(plain: str) -> Listed:
    """The list as it was."""
    kept = json.loads(plain)
    wish, said, days, words = kept["query"]
    first_and_last = (date.fromisoformat(days[0]), date.fromisoformat(days[1])) if days else None
    query = Query(Wish(wish), said, first_and_last, words)
    return Listed(query, date.fromisoformat(kept["day"]), tuple(kept["ids"]), kept["shown"])
