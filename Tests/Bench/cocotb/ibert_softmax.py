"""ibert_softmax in its default configuration: golden model in NumPy, driven and compared beat by beat."""
import os
from random import Random

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from streams import Driver, Monitor, Stalls, Stopwatch, start

LANES = 16
OCTAVES = 30


class Golden:
    """The integer softmax for one scale of the scores."""

    def __init__(self, scale):
        self.x0 = int(np.floor(-0.6931 / scale))
        self.b = int(np.floor(0.96963238 / 0.35815147 / scale))
        self.c = int(np.floor(1.0 / 0.35815147 / scale**2))
        unit = float(np.float32((self.c << OCTAVES) / 32767))
        fraction, exponent = np.frexp(1 / unit)
        self.multiplier, self.exponent = int(round(fraction * 2**31)), 31 - int(exponent)
        self.table = np.array([self.exp16(drop) for drop in range(256)], dtype=np.int64)

    def exp16(self, drop):
        depth = min(drop, -self.x0 * OCTAVES)
        q = depth // -self.x0
        r = -self.x0 * q - depth
        product = max(0, ((r + self.b) * r + self.c) << (OCTAVES - q)) * self.multiplier
        half = 1 << (self.exponent - 1)
        value, rest = product >> self.exponent, product & (2 * half - 1)
        value += rest > half or (rest == half and value & 1)
        return min(value, 32767)

    def drive(self, dut):
        dut.cfg_x0_i.value = self.x0
        dut.cfg_b_i.value = self.b
        dut.cfg_c_i.value = self.c
        dut.cfg_exp_multiplier_i.value = self.multiplier
        dut.cfg_exp_exponent_i.value = self.exponent

    def __call__(self, scores):
        exp16 = self.table[int(scores.max()) - scores.astype(np.int64)]
        total = int(exp16.sum())
        return exp16 * (2**32 // total if total else 0) >> 24


def beats(values, width):
    """The beats of a row of unsigned values, lanes behind its end zero."""
    for first in range(0, len(values), LANES):
        lanes = values[first : first + LANES].tolist()
        yield {
            "data": sum(value << width * lane for lane, value in enumerate(lanes)),
            "keep": (1 << len(lanes)) - 1,
            "last": int(first + LANES >= len(values)),
        }


@cocotb.test()
async def bench(dut):
    transactions = int(os.environ["TRANSACTIONS"])
    seed = int(os.environ["SEED"])
    random = Random(seed)
    generator = np.random.default_rng(seed)
    watch = Stopwatch()
    driver = Driver(dut, "scores", ["data", "keep", "last"], Stalls(Random(2 * seed)))
    monitor = Monitor(dut, "probs", ["data", "keep", "last"], Stalls(Random(2 * seed + 1)))
    golden = Golden(2**-6)
    golden.drive(dut)
    await start(dut)
    cocotb.start_soon(monitor.run())
    sent = 0
    for _ in range(transactions):
        length = random.choice([random.randint(1, 34), 16 * random.randint(1, 8),
                                random.randint(1, 192), random.randint(1, 320)])
        scores = generator.integers(-128, 128, length, dtype=np.int8)
        expected = list(beats(golden(scores), 9))
        monitor.expected.extend(expected)
        sent += len(expected)
        for beat in beats(scores.view(np.uint8), 8):
            await driver.send(beat)
    while monitor.compared < sent:
        await RisingEdge(dut.clk_i)
    watch.report(transactions)
