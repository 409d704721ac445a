import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { enforceRetention } from "../shared/loop/enforceRetention";
import { reconcile } from "../shared/loop/reconcile";
import { registerDueInference } from "../shared/loop/registerDueInference";
import { rollUpCaptures } from "../shared/loop/rollUpCaptures";
import { runMonitors } from "../shared/loop/runMonitors";
import { sweep } from "../shared/loop/sweep";
import { startScheduledRuns } from "../shared/training/startScheduledRuns";
import { background } from "./background";

app.timer("drift", {
  schedule: "0 5 * * * *",
  handler: (_timer, context) =>
    background(context, async () => {
      for (const line of await runMonitors(getApp())) context.log(line);
    }),
});

app.timer("rollUp", {
  schedule: "0 2 * * * *",
  handler: (_timer, context) =>
    background(context, async () => {
      for (const line of await rollUpCaptures(getApp())) context.log(line);
    }),
});

app.timer("retention", {
  schedule: "0 45 3 * * *",
  handler: (_timer, context) =>
    background(context, async () => {
      for (const line of await enforceRetention(getApp())) context.log(line);
    }),
});

app.timer("retrain", {
  schedule: "0 5,20,35,50 * * * *",
  handler: (_timer, context) =>
    background(context, async () => {
      for (const line of await registerDueInference(getApp())) context.log(line);
      for (const line of await startScheduledRuns(getApp())) context.log(line);
    }),
});

app.timer("reconcile", {
  schedule: "0 */10 * * * *",
  handler: (_timer, context) =>
    background(context, async () => {
      for (const line of await reconcile(getApp())) context.log(line);
    }),
});

app.timer("sweep", {
  schedule: "30 * * * * *",
  handler: (_timer, context) =>
    background(context, async () => {
      for (const line of await sweep(getApp())) context.log(line);
    }),
});
