"""The calls for what the platform counts, in the place of wechatpy's: most of those have been given up."""

from datetime import date
from typing import Any

from wechatpy.client.api.base import BaseWeChatAPI

ARTICLES, FOLLOWERS = "datacube/getarticletotaldetail", "datacube/getusersummary"


class Datacube(BaseWeChatAPI):  # type: ignore[misc]  # wechatpy has no types
    """Figures by the day. They stand beside the other calls' `/cgi-bin/`, not below it."""

    def articles(self, first: date, last: date) -> Any:
        return self._post(ARTICLES, data=_span(first, last))

    def followers(self, first: date, last: date) -> Any:
        return self._post(FOLLOWERS, data=_span(first, last))


def _span(first: date, last: date) -> dict[str, str]:
    return {"begin_date": first.isoformat(), "end_date": last.isoformat()}
