"""Evidently's data drift preset over random rows, as bench:drift makes them; prints one JSON line."""

import json
import resource
import sys
import time

import numpy
import pandas


def rows(count, seed):
    random = numpy.random.default_rng(seed)
    columns = {f"f{i}": random.random((count, 3)).sum(axis=1).round(3) * 10 for i in range(7)}
    return pandas.DataFrame({**columns, "state": random.choice(["clear", "rain", "snow"], count)})


def main():
    import evidently
    from evidently import Dataset, DataDefinition, Report
    from evidently.presets import DataDriftPreset

    count = int(sys.argv[1])
    now, before = rows(count, 1), rows(count, 2)
    started = time.perf_counter()
    definition = DataDefinition(
        numerical_columns=[f"f{i}" for i in range(7)], categorical_columns=["state"]
    )
    sides = [Dataset.from_pandas(frame, data_definition=definition) for frame in (now, before)]
    Report([DataDriftPreset()]).run(*sides)
    seconds = round(time.perf_counter() - started, 3)
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"version": evidently.__version__, "seconds": seconds, "peakMb": peak}))


main()
