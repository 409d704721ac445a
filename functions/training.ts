import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { finishTraining } from "../shared/training/finishTraining";
import { planTraining } from "../shared/training/planTraining";
import { candidateMessage, finishMessage, planMessage, trainingQueues } from "../shared/training/runRecord";
import { trainCandidate } from "../shared/training/trainCandidate";
import { queueStep } from "./background";

app.storageQueue("planTraining", {
  queueName: trainingQueues.plan,
  connection: "AzureWebJobsStorage",
  handler: queueStep(planMessage, async ({ runId }) => {
    await planTraining(getApp(), runId);
  }),
});

app.storageQueue("trainCandidate", {
  queueName: trainingQueues.candidate,
  connection: "AzureWebJobsStorage",
  handler: queueStep(candidateMessage, (step) => trainCandidate(getApp(), step)),
});

app.storageQueue("finishTraining", {
  queueName: trainingQueues.finish,
  connection: "AzureWebJobsStorage",
  handler: queueStep(finishMessage, async ({ runId }) => {
    await finishTraining(getApp(), runId);
  }),
});
