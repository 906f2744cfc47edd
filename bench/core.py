"""Time the core against every installed library, and print nanoseconds per logit.

All libraries run in one process on one thread, in turns, and the shortest time of many counts: so a busy machine
slows all of them alike. In the last columns, the peers once more with the threads that they choose themselves. The
floor is one `np.exp(x, out=buffer)`, which no NumPy code can beat.

`--quick` leaves out the large shapes.
"""

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from time import perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SHAPES = ((10,), (64, 10), (1024, 1000), (4096, 1000), (256, 50257), (100_000, 10), (1, 1_000_000))
PLOT = ROOT / "_build" / "bench" / "growth.svg"
SECONDS = 0.15  # for each library in each case, and at least three calls


def one_thread():
    """Keep this process on one processor: whatever a library wants, it has one thread's worth of time."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def case(shape, axis, dtype):
    """Logits and labels. Axis 0 takes the same rows as columns, so that the number of classes is the same."""
    random = np.random.default_rng(0)
    logits = (random.normal(size=shape) * 3).astype(dtype)
    labels = random.integers(shape[-1], size=shape[:-1])
    return (logits if axis == -1 else np.ascontiguousarray(logits.T)), labels


def shortest(calls, seconds=SECONDS):
    """Shortest time of each call, in turns."""
    best = dict.fromkeys(calls, np.inf)
    for call in calls.values():
        call()
    start, rounds = perf_counter(), 0
    while rounds < 3 or perf_counter() - start < seconds * len(calls):
        for name, call in calls.items():
            begin = perf_counter()
            call()
            best[name] = min(best[name], perf_counter() - begin)
        rounds += 1
    return best


def cases(quick):
    """Every (shape, axis, dtype) of the table."""
    for dtype in (np.float64, np.float32):
        for shape in SHAPES:
            if quick and np.prod(shape) > 2e6:
                continue
            for axis in (-1, 0) if len(shape) > 1 else (-1,):
                yield shape, axis, dtype


def measured(quick, names=None):
    """Seconds by case and library, with the floor of exp; `names` picks libraries."""
    from libraries import FUNCTIONS, installed

    makers = {name: maker for name, maker in installed().items() if names is None or name in names}
    for shape, axis, dtype in cases(quick):
        logits, labels = case(shape, axis, dtype)
        buffer = np.empty_like(logits)
        for function in FUNCTIONS:
            made = {name: maker(function, logits, labels, axis) for name, maker in makers.items()}
            calls = {name: call for name, call in made.items() if call}
            if names is None:
                calls["exp"] = lambda: np.exp(logits, out=buffer)  # noqa: B023  called within this turn
            yield function, shape, axis, np.dtype(dtype).name, shortest(calls)


def by_default_threads(quick):
    """Times of the peers in a process that may use every processor."""
    command = [sys.executable, "-X", "utf8", __file__, "--default-threads"] + (["--quick"] if quick else [])
    lines = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    return {tuple(key[:4]): times for *key, times in map(json.loads, lines)}


def speed(quick):
    """Print the table of times."""
    threaded = by_default_threads(quick)
    one_thread()
    names = ["softmaxlab", "scipy", "sklearn", "torch", "jax"]
    more = ["torch, its threads", "jax, its threads"]
    print("\nns per logit (small inputs: µs per call); in brackets, how many times ours")
    print(f"{'':<42}{'floor':>7}" + "".join(f"{name:>15}" for name in names) + "".join(f"{n:>20}" for n in more))
    for function, shape, axis, dtype, times in measured(quick):
        size, own = int(np.prod(shape)), times["softmaxlab"]
        unit = 1e6 if size < 1000 else 1e9 / size
        others = threaded.get((function, str(shape), str(axis), dtype), {})
        row = f"{function:<14}{dtype:<8}{shape!s:<14}{axis:>3}   {times['exp'] * unit:>7.2f}"
        row += f"{own * unit:>8.2f} ({own / times['exp']:.1f}fl)"
        for name, found in [(n, times.get(n)) for n in names[1:]] + [(n, others.get(n.split(",")[0])) for n in more]:
            cell = f"{found * unit:.2f} ({found / own:.2f})" if found else "–"
            row += f"{cell:>{20 if ',' in name else 15}}"
        print(row, flush=True)


def memory():
    """Print the peak of memory beside the logits, in arrays of their size."""
    from libraries import FUNCTIONS, ours

    print("\npeak memory while computing, results included, in arrays of the size of the logits (16 MB of float64)")
    for axis in (-1, 0):
        logits, labels = case((2048, 1000), axis, np.float64)
        for function in FUNCTIONS:
            call = ours(function, logits, labels, axis)
            call()
            tracemalloc.start()
            result = call()
            kept, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            del result
            of_peak, of_result = peak / logits.nbytes, kept / logits.nbytes
            print(f"{function:<14} axis {axis:>2}: {of_peak:.2f}, of it the result {of_result:.2f}")


def growth():
    """Print and plot how the cost per logit grows from 100 logits to 10 million, in rows of 100 classes."""
    import matplotlib

    matplotlib.use("svg")
    from libraries import FUNCTIONS, ours
    from matplotlib import pyplot

    sizes = [10**power for power in range(2, 8)]
    table = {function: [] for function in FUNCTIONS}
    for size in sizes:
        logits, labels = case((size // 100, 100), -1, np.float64)
        calls = {function: ours(function, logits, labels, -1) for function in FUNCTIONS}
        for function, seconds in shortest(calls, 0.1).items():
            table[function].append(seconds / size * 1e9)
    print("\nns per logit, rows of 100 classes, float64")
    print(f"{'logits':<16}" + "".join(f"{size:>10}" for size in sizes))
    for function, row in table.items():
        print(f"{function:<16}" + "".join(f"{value:>10.2f}" for value in row))
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for function, row in table.items():
        axes.loglog(sizes, row, marker="o", label=function)
    axes.set(xlabel="logits, in rows of 100 classes", ylabel="ns per logit")
    axes.legend()
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PLOT)
    print(f"plot: {PLOT.relative_to(ROOT)}")


def main():
    """Print everything; in the process of `--default-threads`, only the times of the peers, as JSON."""
    quick = "--quick" in sys.argv
    if "--default-threads" in sys.argv:
        for function, shape, axis, dtype, times in measured(quick, ("torch", "jax")):
            print(json.dumps([function, str(shape), str(axis), dtype, times]), flush=True)
        return
    speed(quick)
    memory()
    growth()


if __name__ == "__main__":
    main()
