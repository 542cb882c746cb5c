"""Words that are looked for within some days only, alike on both databases."""

from collections.abc import Callable
from datetime import date, timedelta

from tests.shelf import ACCOUNT, TODAY, on_shelf

FIRST = date(2026, 6, 1)


def test_only_the_issues_of_those_days_are_found(new_database: Callable[[], str]):
    with on_shelf(new_database()) as shelf:
        for number in range(10):
            shelf.put(FIRST + timedelta(days=number), [("算力", "算力基建。")])
        shelf.put(FIRST, [("算力", "又一期的算力。")], edition=2)
        shelf.put(FIRST + timedelta(days=1), [("算力", "没有发布。")], published=False, edition=2)

        def found(first: int, last: int, by: str | None = None) -> set[str]:
            days = (FIRST + timedelta(days=first), FIRST + timedelta(days=last))
            hits = shelf.search.find(
                shelf.connection, "算力", today=TODAY, published_by=by, days=days, limit=20
            )
            return {hit.issue_id for hit in hits}

        assert found(0, 0) == {"2026-06-01", "2026-06-01-2"}
        assert found(1, 2) == {"2026-06-02", "2026-06-02-2", "2026-06-03"}
        assert found(1, 2, ACCOUNT) == {"2026-06-02", "2026-06-03"}
        assert found(-9, -1) == set()
        assert len(found(-9, 99)) == 12
