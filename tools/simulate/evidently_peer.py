"""Judges weeks by Evidently's default drift preset and prints one JSON line.

Started by evidentlyPeer.ts. The folder contains reference.csv and week-<n>.csv.
"""

import json
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import pandas
from evidently import Report
from evidently.presets import DataDriftPreset


def drifted_columns(reference, week):
    result = Report([DataDriftPreset()]).run(week, reference).dict()
    for metric in result["metrics"]:
        if "DriftedColumnsCount" in str(metric.get("metric_id", metric.get("metric_name", ""))):
            return metric["value"]["count"], metric["value"]["share"]
    raise SystemExit("the report has no count of drifted columns")


folder = Path(sys.argv[1])
reference = pandas.read_csv(folder / "reference.csv")
found = [drifted_columns(reference, pandas.read_csv(path)) for path in sorted(folder.glob("week-*.csv"))]
print(
    json.dumps(
        {
            "weeks": len(found),
            "anyColumn": sum(count > 0 for count, _ in found),
            "dataset": sum(share >= 0.5 for _, share in found),
        }
    )
)
