"""Answers cosim with a golden model in Python. Copy it freely; it needs NumPy alone.

    import cosim_golden
    def golden(x, scale, parameters):      # arguments: input arrays by name, and `parameters` if named
        return {"y": x * scale >> 4}       # one transaction: every output array by name
    if __name__ == "__main__":
        cosim_golden.serve(golden)

`save("v.npz", [{"x": ..., "y": ...}, ...])` writes transactions of any length for `cosim verify --vectors`.
A frame on a pipe is a length, 8 bytes little-endian, and so many bytes of an .npz archive. An array of which
each transaction has its own stands flat beside `<array>.lengths`, its elements in each transaction, or
`<array>.shape`, a row of extents for each, where it has not one axis.
"""
PROTOCOL = 1  # of requests and answers
import hashlib, inspect, io, os, signal, sys, traceback
import numpy as np


def pack(transactions):
    """Arrays of an archive from a list of dictionaries, one a transaction."""
    arrays = {}
    for name in transactions[0] if transactions else ():
        items = [np.asarray(t[name]) for t in transactions]
        arrays[name] = np.concatenate([i.ravel() for i in items])
        if all(i.ndim == 1 for i in items):
            arrays[name + ".lengths"] = np.array([i.size for i in items], np.int64)
        else:
            shapes = [i.shape if i.ndim == items[0].ndim else (i.size,) for i in items]
            arrays[name + ".shape"] = np.array(shapes, np.int64).reshape(len(items), -1)
    return arrays


def unpack(arrays, count):
    """A list of dictionaries, one a transaction, from arrays of an archive."""
    result = [{} for _ in range(count)]
    for name in arrays:
        if name.startswith("cosim.") or name.endswith((".lengths", ".shape")):
            continue
        shapes = arrays.get(name + ".shape")
        if name + ".lengths" in arrays:
            shapes = arrays[name + ".lengths"].reshape(-1, 1)
        ends = None if shapes is None else np.cumsum(shapes.prod(axis=1).astype(np.int64))
        for i, t in enumerate(result):
            t[name] = arrays[name] if shapes is None else arrays[name][
                (ends[i - 1] if i else 0):ends[i]].reshape(shapes[i])
    return result


def save(path, transactions, **settings):
    """Writes transactions, and settings that they share."""
    flat = [{n: np.atleast_1d(v).ravel() for n, v in t.items()} for t in transactions]
    np.savez_compressed(path, **pack(flat), **settings)


VERSIONS = {}  # by the number of imported modules


def version():
    """A digest of the Python files beside the program that were imported."""
    if len(sys.modules) not in VERSIONS:
        VERSIONS[len(sys.modules)] = digest()
    return VERSIONS[len(sys.modules)]


def digest():
    home, found = os.path.dirname(os.path.abspath(sys.argv[0])), hashlib.sha256()
    files = {getattr(m, "__file__", None) for m in list(sys.modules.values())}
    for path in sorted(os.path.abspath(f) for f in files if f):
        if path.startswith(home + os.sep) and "site-packages" not in path:
            found.update(open(path, "rb").read())
    return found.hexdigest()[:12]


def serve(golden):
    """Answers requests until the input ends. What `golden` prints goes to the standard error."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wants = inspect.signature(golden).parameters
    takes_all = any(p.kind == p.VAR_KEYWORD for p in wants.values())
    while len(header := sys.stdin.buffer.read(8)) == 8:
        request = np.load(io.BytesIO(sys.stdin.buffer.read(int.from_bytes(header, "little"))))
        arrays = {name: request[name] for name in request.files}
        extra = {"parameters": {n[17:]: int(v) for n, v in arrays.items() if n.startswith("cosim.parameters.")}}
        try:
            spoken = int(arrays.get("cosim.protocol", PROTOCOL))
            if spoken != PROTOCOL:
                raise RuntimeError(f"cosim speaks protocol {spoken}, this cosim_golden.py protocol {PROTOCOL}: "
                                   "replace it with the one that `cosim init` writes")
            given = unpack(arrays, int(arrays["cosim.count"]))
            answer = pack([golden(**{n: v for n, v in (t | extra).items() if takes_all or n in wants})
                           for t in given])
        except Exception:
            text = traceback.format_exc(limit=-3)
            answer = {"cosim.error": np.frombuffer(text.encode(), np.uint8)}
        answer["cosim.protocol"] = np.int64(PROTOCOL)
        answer["cosim.version"] = np.frombuffer(version().encode(), np.uint8)
        out = io.BytesIO()
        np.savez(out, **answer)
        pipe.write(len(out.getvalue()).to_bytes(8, "little") + out.getvalue())
        pipe.flush()
