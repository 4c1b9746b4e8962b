"""One thread's work with the compiled kernel."""

from collections.abc import Mapping

import numpy as np

from fourfold.columns.encoding import Encoder
from fourfold.columns.fast import flattened, run_chunk
from fourfold.columns.fast_steps import BLOCK
from fourfold.columns.layout import Layout
from fourfold.columns.running import Array, Column, Loader, Out
from fourfold.columns.walks import Taken

# WHY: rows of registers a power of two apart share few places of the cache and throw each other out: an odd number of lines lies between their beginnings
BYTE_GAP, NUMBER_GAP = 64, 8


class FastWorker(Loader):
    """The arrays that the kernel reads and fills, for one thread."""

    def __init__(self, layout: Layout, columns: Mapping[str, Column], out: Out, size: int) -> None:
        """Make room for chunks of up to `size` rows."""
        super().__init__(columns, out)
        machine, size = layout.machine, -(-size // BLOCK) * BLOCK
        self.encoded = Encoder(machine).encode()
        constants = np.array(machine.constants, np.int64)[:, None]
        self.bytes = np.zeros((machine.bytes_used + len(constants) + 1, BLOCK + BYTE_GAP), np.uint8)
        self.numbers = np.zeros((machine.numbers_used + len(constants) + 1, BLOCK + NUMBER_GAP), np.float64 if machine.floats else np.int64)
        self.bytes[machine.bytes_used : -1] = (constants % 256).astype(np.uint8)
        self.numbers[machine.numbers_used : -1] = constants
        self.loads = [(kind, term) for kind, term, _ in machine.loads]
        in_bytes = sum(kind != "column" for kind, _ in self.loads)
        self.in_bytes = np.zeros((in_bytes + 1, size), np.uint8)
        self.in_numbers = np.zeros((len(self.loads) - in_bytes + 1, size), self.numbers.dtype)
        order = [step for step in machine.steps if step.name == "store"]
        self.byte_stores = [step.number for step in order if step.more == "byte"]
        self.number_stores = [step.number for step in order if step.more == "number"]
        self.out_bytes = np.zeros((len(self.byte_stores) + 1, size), np.uint8)
        self.word_stores = [step.number for step in order if step.more == "word"]
        self.out_numbers = np.zeros((len(self.number_stores) + 1, size), np.int64)
        self.out_words = np.zeros((len(self.word_stores) + 1, size), np.int64)
        self.reject, self.slow = np.zeros(size, np.uint16), np.zeros(size, np.uint8)
        walks = (max(1, len(self.encoded.walks)), self.encoded.widest, size)
        self.order, self.counts = np.zeros(walks, np.uint8 if walks[1] < 256 else np.uint16), np.zeros((walks[0], size), np.int64)
        self.parts = np.zeros((max(1, len(self.encoded.shares)), self.encoded.widest, size), np.int64)

    def run(self, first: int, last: int) -> None:
        """Take the rows from `first` up to `last` through the kernel."""
        self.first, self.last = first, last
        size = last - first
        self._load_all(size)
        before = self.out.reject[first:last]
        # WHY: the kernel keeps the least reason, so no reason is the largest number there
        self.reject[:size] = before - np.uint16(1)
        self.slow[:size] = 0
        places = (self.in_bytes, self.in_numbers, self.out_bytes, self.out_numbers, self.out_words, self.reject, self.slow)
        encoded = self.encoded
        run_chunk(encoded.steps, encoded.tables, encoded.operands, self.bytes, self.numbers, self.numbers.view(np.int64), places, (self.order, self.counts, self.parts), size)
        self.out.reject[first:last] = self.reject[:size] + np.uint16(1)
        self.out.slow[first:last] |= self.slow[:size].view(np.bool_)
        for row, store in enumerate(self.byte_stores):
            self.out.stores[store][first:last] = self.out_bytes[row, :size]
        for row, store in enumerate(self.number_stores):
            self.out.stores[store][first:last] = self.out_numbers[row, :size]
        for row, store in enumerate(self.word_stores):
            self.out.stores[store][first:last] = self.out_words[row, :size]
        self.out.lists[first] = self._taken(size)

    def _load_all(self, size: int) -> None:
        at = {True: 0, False: 0}
        for kind, term in self.loads:
            is_byte = kind != "column"
            row = (self.in_bytes if is_byte else self.in_numbers)[at[is_byte], :size]
            at[is_byte] += 1
            if kind == "known":
                self.load_known(term, row)
            else:
                self.load(term, row)

    def _taken(self, size: int) -> dict[str, Taken]:
        found = {}
        # WHY: the referee writes into places of slots; where it has nothing to do, the lists are all that is needed
        is_listed = not self.slow[:size].any()
        for place, term in enumerate(self.encoded.walks):
            found[term] = self._one(self.counts[place, :size].copy(), self.order[place], is_listed=is_listed)
        for place, (term, walk) in enumerate(self.encoded.shares):
            over = found[walk]
            taken = found[term] = self._one(over.count, self.parts[place], is_listed=is_listed)
            if not is_listed:
                taken.order, taken.parts = over.order, taken.order
        return found

    def _one(self, counts: Array, slots: Array, *, is_listed: bool) -> Taken:
        taken = Taken(0, 0)
        taken.count = counts
        if is_listed:
            taken.listed = np.empty(int(counts.sum()), slots.dtype)
            flattened(slots, counts, taken.listed)
        else:
            taken.order = slots[: max(1, int(counts.max())), : counts.size].copy()
        return taken
