import { app, type InvocationContext } from "@azure/functions";
import { getApp } from "../shared/app";
import { receiveDataset } from "../shared/data/receiveDataset";
import { datasetsInbox, modelsInbox } from "../shared/governance/inboxes";
import { registerUpload } from "../shared/registry/registerUpload";
import { background } from "./background";

app.storageBlob("registerDataset", {
  path: `${datasetsInbox}/{usecase}/{file}`,
  connection: "AzureWebJobsStorage",
  handler: (bytes: unknown, context: InvocationContext) =>
    background(context, async () => {
      const { usecase, file } = context.triggerMetadata as { usecase: string; file: string };
      const outcome = await receiveDataset(getApp().intake, { usecase, file, bytes: bytes as Uint8Array });
      context.log(`${usecase}/${file}: ${JSON.stringify(outcome)}`);
    }),
});

app.storageBlob("registerModel", {
  path: `${modelsInbox}/{model}/{file}.onnx`,
  connection: "AzureWebJobsStorage",
  handler: (bytes: unknown, context: InvocationContext) =>
    background(context, async () => {
      const { model, file } = context.triggerMetadata as { model: string; file: string };
      const outcome = await registerUpload(getApp().uploads, {
        model,
        file: `${file}.onnx`,
        bytes: bytes as Uint8Array,
      });
      context.log(`${model}/${file}.onnx: ${JSON.stringify(outcome)}`);
    }),
});
