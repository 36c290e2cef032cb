"""Products of four weights with entries of a table that lie a stride apart."""
import cosim_golden
import numpy as np

WEIGHTS = np.array([0x03, 0x05, 0xFF, 0x01])


def golden(count, stride, table):
    steps = int(stride[0]) * np.arange(4)
    return {"y": [int(table.astype(np.int64)[i + steps] @ WEIGHTS) for i in range(int(count[0]))]}


if __name__ == "__main__":
    cosim_golden.serve(golden)
