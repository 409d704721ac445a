"""Fits the counterpart of one of our learners on the rows in a folder and prints one JSON line.

Started by trainPeers.ts. The folder contains job.json and, for "train" and "test", little-endian float32 columns (<part>.x)
and int32 classes (<part>.y); the scores of the test rows are written to scores.f8 (float64).
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy


def load(folder, part, columns):
    values = numpy.fromfile(folder / f"{part}.x", dtype="<f4").reshape(columns, -1)
    return numpy.ascontiguousarray(values.T), numpy.fromfile(folder / f"{part}.y", dtype="<i4")


def forest_arguments(job):
    return {
        "n_estimators": job["trees"],
        "max_depth": job["maxDepth"],
        "min_samples_leaf": job["minLeafRows"],
        "max_features": "sqrt",
        "n_jobs": 1,
        "random_state": job["seed"],
    }


def sklearn_model(job):
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC, LinearSVC

    learner = job["learner"]
    if learner == "random-forest":
        return RandomForestClassifier(**forest_arguments(job))
    if learner == "extra-trees":
        return ExtraTreesClassifier(**forest_arguments(job))
    if learner == "gradient-boosting":
        return HistGradientBoostingClassifier(
            max_iter=job["rounds"],
            max_leaf_nodes=job["maxLeaves"],
            learning_rate=job["learningRate"],
            early_stopping=False,
            random_state=job["seed"],
        )
    if learner == "logistic-regression":
        return make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
    if learner == "svm-linear":
        return make_pipeline(StandardScaler(), LinearSVC(random_state=job["seed"]))
    return make_pipeline(StandardScaler(), SVC(random_state=job["seed"]))


def lightgbm_model(job):
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=job["rounds"],
        num_leaves=job["maxLeaves"],
        learning_rate=job["learningRate"],
        n_jobs=1,
        random_state=job["seed"],
        verbose=-1,
    )


def main():
    folder = Path(sys.argv[1])
    job = json.loads((folder / "job.json").read_text())
    model = (sklearn_model if job["peer"] == "sklearn" else lightgbm_model)(job)
    x, y = load(folder, "train", job["columns"])
    test_x, _ = load(folder, "test", job["columns"])
    started = time.perf_counter()
    model.fit(x, y)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    probabilities = hasattr(model, "predict_proba")
    scores = model.predict_proba(test_x)[:, 1] if probabilities else model.decision_function(test_x)
    (folder / "scores.f8").write_bytes(numpy.asarray(scores, dtype="<f8").tobytes())
    version = sys.modules[job["peer"]].__version__
    print(json.dumps({"version": version, "seconds": seconds, "peakMb": peak, "probabilities": probabilities}))


main()
