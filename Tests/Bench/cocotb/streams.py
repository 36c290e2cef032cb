"""Driver and monitor of a ready/valid stream, as cocotb's users write them."""
import time
from collections import deque

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge
from cocotb.utils import get_sim_time

PERIOD_NS = 10


class Stalls:
    """A probability for some dozens of cycles, then another: as the other two testbenches draw them."""

    def __init__(self, random):
        self.random = random
        self.left = 0

    def may_move(self):
        if self.left == 0:
            self.left = self.random.randint(16, 79)
            self.threshold = self.random.choice([24, 64, 128, 192, 230, 255])
        self.left -= 1
        return self.random.getrandbits(8) <= self.threshold


class Driver:
    """Sends beats: dictionaries of port values."""

    def __init__(self, dut, name, fields, stalls):
        self.clock = dut.clk_i
        self.valid = getattr(dut, f"{name}_valid_i")
        self.ready = getattr(dut, f"{name}_ready_o")
        self.ports = {field: getattr(dut, f"{name}_{field}_i") for field in fields}
        self.stalls = stalls
        self.valid.value = 0

    async def send(self, beat):
        while not self.stalls.may_move():
            await RisingEdge(self.clock)
        for field, value in beat.items():
            self.ports[field].value = value
        self.valid.value = 1
        while True:
            # Settled between the edges; what is ready now moves on the next one.
            await FallingEdge(self.clock)
            moves = self.ready.value
            await RisingEdge(self.clock)
            if moves:
                break
        self.valid.value = 0


class Monitor:
    """Takes beats and compares each with the next of `expected`."""

    def __init__(self, dut, name, fields, stalls):
        self.clock = dut.clk_i
        self.valid = getattr(dut, f"{name}_valid_o")
        self.ready = getattr(dut, f"{name}_ready_i")
        self.ports = {field: getattr(dut, f"{name}_{field}_o") for field in fields}
        self.stalls = stalls
        self.expected = deque()
        self.compared = 0
        self.ready.value = 0

    async def run(self):
        held = None
        while True:
            await RisingEdge(self.clock)
            is_ready = self.stalls.may_move()
            self.ready.value = is_ready
            await FallingEdge(self.clock)
            if not self.valid.value:
                assert held is None, "valid was withdrawn"
                continue
            beat = {field: int(port.value) for field, port in self.ports.items()}
            assert held is None or beat == held, "the payload changed"
            held = beat
            if is_ready:
                assert beat == self.expected.popleft()
                self.compared += 1
                held = None


async def start(dut):
    """Clock and reset."""
    cocotb.start_soon(Clock(dut.clk_i, PERIOD_NS, units="ns").start())
    dut.rst_ni.value = 0
    for _ in range(4):
        await RisingEdge(dut.clk_i)
    dut.rst_ni.value = 1


class Stopwatch:
    """Prints the line that ci/bench reads."""

    def __init__(self):
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def report(self, transactions):
        cycles = int(get_sim_time("ns") / PERIOD_NS)
        print(
            f"cycles {cycles} transactions {transactions} "
            f"seconds {time.perf_counter() - self.wall:.6f} "
            f"processor {time.process_time() - self.processor:.6f}",
            flush=True,
        )
