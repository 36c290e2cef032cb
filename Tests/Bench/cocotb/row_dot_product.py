"""row_dot_product: rows are made and answered with NumPy, driven and compared beat by beat."""
import os
from random import Random

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from streams import Driver, Monitor, Stalls, Stopwatch, start

LANES = 16


def beats(a, b):
    """The beats of a row, lanes behind its end zero."""
    for first in range(0, len(a), LANES):
        lanes = slice(first, first + LANES)
        yield {
            "a": int.from_bytes(a[lanes].tobytes(), "little"),
            "b": int.from_bytes(b[lanes].tobytes(), "little"),
            "keep": (1 << len(a[lanes])) - 1,
            "last": int(first + LANES >= len(a)),
        }


@cocotb.test()
async def bench(dut):
    transactions = int(os.environ["TRANSACTIONS"])
    seed = int(os.environ["SEED"])
    generator = np.random.default_rng(seed)
    watch = Stopwatch()
    driver = Driver(dut, "operands", ["a", "b", "keep", "last"], Stalls(Random(2 * seed)))
    monitor = Monitor(dut, "sums", ["data"], Stalls(Random(2 * seed + 1)))
    await start(dut)
    cocotb.start_soon(monitor.run())
    for _ in range(transactions):
        length = generator.integers(1, 257)
        a, b = generator.integers(-128, 128, (2, length), dtype=np.int8)
        total = np.dot(a.astype(np.int32), b.astype(np.int32))
        monitor.expected.append({"data": int(total) & 0xFFFFFFFF})
        for beat in beats(a, b):
            await driver.send(beat)
    while monitor.compared < transactions:
        await RisingEdge(dut.clk_i)
    watch.report(transactions)
