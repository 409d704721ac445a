// Preloaded into the storage emulator, whose files only their owner may read and whose folder no second one may use.
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

process.umask(0o077);
const folder = process.argv[process.argv.indexOf("--location") + 1];
// an emulator whose starter was killed still saves for a moment: waits for its end
const lock = new DatabaseSync(path.join(folder, "lock.db"), { timeout: 30_000 });
lock.exec("BEGIN EXCLUSIVE");
process.once("exit", () => lock.close()); // which also keeps it from being collected as garbage

// When the starter is gone, however it ended, nothing may be left running.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// what the emulator prints while it saves goes to the starter's pipes, which are broken by then: that must not end it unsaved
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// the channel must not keep the emulator alive once it has closed everything else
process.channel?.unref();
