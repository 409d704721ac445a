/** Features with history for the weather use case: what the textbook's engineered columns hold that one reading does not. */
export const weatherHistory = {
  Pressure_tendency_3h: { kind: "tendency", column: "Pressure_millibars", hours: 3 },
  Pressure_tendency_6h: { kind: "tendency", column: "Pressure_millibars", hours: 6 },
  Humidity_tendency_3h: { kind: "tendency", column: "Humidity", hours: 3 },
  Temperature_tendency_3h: { kind: "tendency", column: "Temperature_C", hours: 3 },
  Visibility_min_6h: { kind: "rolling", column: "Visibility_km", hours: 6, statistic: "min" },
  Humidity_mean_6h: { kind: "rolling", column: "Humidity", hours: 6, statistic: "mean" },
  Wet_hours_3h: { kind: "count", column: "Weather_conditions", hours: 3, values: ["rain", "snow"] },
  Wet_hours_12h: { kind: "count", column: "Weather_conditions", hours: 12, values: ["rain", "snow"] },
  Bearing_sin: { kind: "cycle", column: "Wind_bearing_degrees", period: 360, function: "sin" },
  Bearing_cos: { kind: "cycle", column: "Wind_bearing_degrees", period: 360, function: "cos" },
  Day_sin: { kind: "cycle", column: "Timestamp", period: "day", function: "sin" },
  Day_cos: { kind: "cycle", column: "Timestamp", period: "day", function: "cos" },
};
