import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { endpoint, readQuery } from "./endpoint";

const query = z.object({ usecase: z.string().optional() });

app.http("listDatasets", {
  methods: ["GET"],
  route: "datasets",
  authLevel: "function",
  handler: endpoint(async (request) => {
    const { datasets, usecases } = getApp();
    const { usecase } = readQuery(request, query);
    const names = usecase === undefined ? [...usecases.keys(), "unknown-usecase"] : [usecase];
    const lists = names.map(async (name) => ({
      accepted: await datasets.versions(name),
      rejected: await datasets.rejected(name),
    }));
    const all = await Promise.all(lists);
    return {
      jsonBody: {
        datasets: all.flatMap(({ accepted }) => accepted),
        rejected: all.flatMap(({ rejected }) => rejected),
      },
    };
  }),
});
