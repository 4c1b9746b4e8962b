"""The columns and the referee agree, on generated rule books and generated companies."""

import random

from columns_agreement import book_for_columns, column_differences, draw_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@QUICK
@given(st.integers(0, 2**32))
def test_the_columns_and_the_referee_agree(seed):
    rng = random.Random(seed)
    book = book_for_columns(rng)
    if book is None:
        return
    assert column_differences(book, draw_rows(rng, book, 25))[2] == []
