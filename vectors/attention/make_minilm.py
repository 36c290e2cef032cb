"""Writes the attention heads of a transformer as inputs of `ita_attention` and `ibert_attention`.

    python3 make_minilm.py minilm_dev29.npz minilm_scales.json OUT_PREFIX

reads the tensors of one sentence (`l<layer>.q`, `.k`, `.v` int8 [heads, tokens, 32], `.context` int8
[tokens, 384], `.probs` float32 [heads, tokens, tokens]) and the scale of each, and writes
OUT_PREFIX_layer<layer>.npz with all heads of a layer: the int8 operands, the real value of one code of
each array (`<array>.scale`), and the real numbers that the block approximates (`<array>.real`, float16).
"""

import json
import sys

import numpy as np


def main(tensors, scales, prefix):
    tensors = np.load(tensors)
    description = json.load(open(scales))
    scale = description["activation_scale"]
    for layer in range(description["layers"]):
        of = lambda name: tensors[f"l{layer}.{name}"]
        heads, tokens, dimension = of("q").shape
        context = of("context").reshape(tokens, heads, dimension).transpose(1, 0, 2)
        members = {name: of(name) for name in ("q", "k", "v")}
        for name in ("q", "k", "v", "logits", "context"):
            members[f"{name}.scale"] = np.float64(scale[f"l{layer}.{name}"])
        members["divisor.scale"] = np.float64(dimension) ** 0.5
        members["probs.scale"] = np.float64(1 / 256)
        members["probs.real"] = of("probs").astype(np.float16)
        members["context.real"] = (context * scale[f"l{layer}.context"]).astype(np.float16)
        np.savez_compressed(f"{prefix}_layer{layer}.npz", **members)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
