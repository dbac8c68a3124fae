"""Nanoseconds of one get by key in Python, from a module and from a dict with the same contents.

Usage: python_get.py SEGMENT KEY..., with the directory of the package in PYTHONPATH. The keys are hot: they are read
again and again, as literals of the program, as programs do. Each line of the output is a name and the median of the rounds;
they take turns, so that what disturbs one disturbs the other. Handles and snapshots read the first key.
"""

import statistics
import sys
import timeit

import cms

ROUNDS = 15
ROUND_SECONDS = 0.1


def timer(statement, make_source):
    """A function that measures one round, each on a source made for it."""
    number, seconds = timeit.Timer(statement, globals={"source": make_source()}).autorange()
    number = max(1, int(number * ROUND_SECONDS / seconds))
    return lambda: timeit.Timer(statement, globals={"source": make_source()}).timeit(number) / number


def main(path, *keys):
    with cms.open_file(path) as module:
        values = {key: module[key] for key in keys}
        gets = "\n".join(f"source[{key!r}]" for key in keys)
        handle = module.handle(keys[0])
        by_handle = "\n".join(["source.value"] * len(keys))
        timers = {
            "python-get-ns": timer(gets, lambda: module),
            "python-dict-ns": timer(gets, lambda: values),
            "python-get-method-ns": timer(gets.replace("[", ".get(").replace("]", ")"), lambda: module),
            "python-handle-ns": timer(by_handle, lambda: handle),
            "python-snapshot-ns": timer(gets, module.snapshot),
        }
        rounds = [{name: measure() for name, measure in timers.items()} for _ in range(ROUNDS)]
    for name in timers:
        print(f"{name} {statistics.median(each[name] for each in rounds) / len(keys) * 1e9:.1f}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
