"""A year of mornings with outages, late reports, corrections, objections and people who forget."""

import pytest

from bot.delivery import Way
from tests.simulated_year import Year

RUNS = [(1, "one", Way.PUBLISH), (2, "two", Way.DRAFT), (3, "none", Way.MASS)]


@pytest.mark.parametrize(("seed", "approval", "way"), RUNS)
def test_in_a_year_each_issue_goes_out_once_or_editors_know_why_not(seed, approval, way):
    counts = Year(seed, approval, way).run().counts
    # It was a year worth the name.
    assert counts["issues"] > 220
    assert counts["ended as published"] > 150
    assert min(counts[each] for each in ("told: missing", "told: missed_day", "corrections")) > 5
