import { noTelemetry } from "../shared/azure/telemetry";
import { createApp, processConfig, setApp } from "../shared/app";
import { app as functionApp } from "@azure/functions";

const app = createApp(processConfig(), noTelemetry());
setApp(app);
functionApp.hook.appTerminate(() => app.close());

import "./alerts";
import "./audit";
import "./datasets";
import "./health";
import "./inbox";
import "./models";
import "./monitors";
import "./poison";
import "./runs";
import "./score";
import "./timers";
import "./training";
