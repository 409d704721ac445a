// biome-ignore-all assist/source/organizeImports: the app starts before any function registers
import "./start";
import "./alerts";
import "./audit";
import "./card";
import "./datasets";
import "./deliveries";
import "./explain";
import "./health";
import "./inbox";
import "./inboxFiles";
import "./models";
import "./monitors";
import "./poison";
import "./runs";
import "./score";
import "./timers";
import "./training";
