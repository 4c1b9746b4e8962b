"""Quotients of the compiled kernel: floats that are mended give what whole numbers give, at the edges of 64 bits."""

from importlib.util import find_spec

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not here")


@pytest.mark.parametrize(("name", "largest_top", "largest_quotient"), [(31, 2**62, 2**50), (32, 2**62, 2**62)])
def test_a_mended_quotient_is_the_true_one(name, largest_top, largest_quotient):
    from fourfold.columns.fast_steps import BLOCK, of_whole_numbers

    rng = np.random.default_rng(5)
    for _ in range(400):
        bottoms = np.exp2(rng.uniform(0, 62, BLOCK)).astype(np.int64)
        wholes = np.minimum(np.exp2(rng.uniform(0, 62, BLOCK)), np.minimum(largest_quotient, largest_top / bottoms)).astype(np.int64)
        tops = np.minimum(wholes * bottoms + rng.integers(-1, 2, BLOCK), largest_top) * rng.choice([-1, 1], BLOCK)
        rows = np.array([np.zeros(BLOCK, np.int64), tops, bottoms])
        of_whole_numbers(name, rows, 0, 1, 2, 0, 0)
        assert rows[0].tolist() == [top // bottom for top, bottom in zip(tops.tolist(), bottoms.tolist(), strict=True)]


def test_a_quotient_by_a_constant_is_the_true_one_below_53_bits():
    from fourfold.columns.fast_steps import BLOCK, of_whole_numbers

    rng = np.random.default_rng(6)
    for bottom in (2, 3, 7, 10, 100, 997, 30_000_000, 2**31 + 11, 10**15):
        wholes = rng.integers(-(2**53 // bottom), 2**53 // bottom + 1, BLOCK)
        tops = np.clip(wholes * bottom + rng.integers(-1, 2, BLOCK), -(2**53) + 1, 2**53 - 1)
        rows = np.array([np.zeros(BLOCK, np.int64), tops])
        of_whole_numbers(28, rows, 0, 1, 0, 0, bottom)
        assert rows[0].tolist() == [top // bottom for top in tops.tolist()]
