// Preloaded into the storage emulator: only the owner may read its files, and no second emulator may use its folder.
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

process.umask(0o077);
const folder = process.argv[process.argv.indexOf("--location") + 1];
// an emulator whose parent was killed still saves for a moment: wait until it ends
const lock = new DatabaseSync(path.join(folder, "lock.db"), { timeout: 30_000 });
lock.exec("BEGIN EXCLUSIVE");
process.once("exit", () => lock.close()); // this also keeps the database from being garbage-collected

// When the parent is gone, however it ended, nothing may be left running.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// while the emulator saves, it prints to the parent's pipes, which are broken by then: that must not end it before it
// has saved
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// the channel must not keep the emulator alive once it has closed everything else
process.channel?.unref();
