"""Writes random heads for `ita_attention` and `ibert_attention`: make_heads.py FILE HEADS TOKENS DIMENSION [MASK]

Queries, keys and values are normal with a deviation of 32 codes, which stand for 1. MASK: `causal`; `blocks`, half of all 8 x 8 blocks of
query and key, at random; `decode`, a session of TOKENS / 4 steps behind stored keys and values.
"""
import sys

import numpy as np

path, (heads, tokens, dimension), mask = sys.argv[1], map(int, sys.argv[2:5]), sys.argv[5:]
draw = np.random.default_rng(1)
queries = tokens // 4 if mask == ["decode"] else tokens


def codes(count):
    return np.clip(np.rint(draw.normal(0, 32, (heads, count, dimension))), -127, 127).astype(np.int8)


arrays = {"q": codes(queries), "k": codes(tokens), "v": codes(tokens)}
scales = {"q": 1 / 32, "k": 1 / 32, "v": 1 / 32, "logits": 1 / 16, "context": 1 / 40, "probs": 1 / 256}
arrays |= {f"{name}.scale": np.float64(scale) for name, scale in scales.items()}
arrays["divisor.scale"] = np.sqrt(np.float64(dimension))
if mask == ["causal"] or mask == ["decode"]:
    arrays[mask[0]] = np.uint8(1)
if mask == ["blocks"]:
    blocks = draw.random((-(-tokens // 8),) * 2) < 0.5
    arrays["mask"] = np.kron(blocks, np.ones((8, 8)))[:tokens, :tokens].astype(np.uint8)
np.savez(path, **arrays)
