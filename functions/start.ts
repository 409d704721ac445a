// biome-ignore-all assist/source/organizeImports: telemetry starts before the storage packages load, so that it sees their calls
import { config, telemetry } from "./telemetry";
import { app as functionApp } from "@azure/functions";
import { createApp, setApp } from "../shared/app";

const app = createApp(config, telemetry);
setApp(app);
functionApp.hook.appTerminate(() => app.close());
