"""Fits scikit-learn's random forest on the rows of a folder and prints one JSON line; started by train.ts.

The folder holds settings.json and, for "train" and "test", little-endian float32 columns (<part>.x) and int32 classes (<part>.y).
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score


def load(folder, part, columns):
    values = numpy.fromfile(folder / f"{part}.x", dtype="<f4").reshape(columns, -1)
    return numpy.ascontiguousarray(values.T), numpy.fromfile(folder / f"{part}.y", dtype="<i4")


def main():
    folder = Path(sys.argv[1])
    settings = json.loads((folder / "settings.json").read_text())
    x, y = load(folder, "train", settings["columns"])
    test_x, test_y = load(folder, "test", settings["columns"])
    forest = RandomForestClassifier(
        n_estimators=settings["trees"],
        max_depth=settings["maxDepth"],
        min_samples_leaf=settings["minLeafRows"],
        max_features="sqrt",
        n_jobs=1,
        random_state=settings["seed"],
    )
    started = time.perf_counter()
    forest.fit(x, y)
    seconds = time.perf_counter() - started
    scores = forest.predict_proba(test_x)[:, 1]
    print(
        json.dumps(
            {
                "version": sklearn.__version__,
                "seconds": round(seconds, 3),
                "peakMb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "auc": round(roc_auc_score(test_y, scores), 5),
                "brier": round(brier_score_loss(test_y, scores), 5),
            }
        )
    )


main()
