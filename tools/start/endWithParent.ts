// Preloaded into the storage emulator: when the starter is gone, however it ended, nothing may be left running.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// what the emulator prints while it saves goes to the starter's pipes, which are broken by then: that must not end it unsaved
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// the channel must not keep the emulator alive once it has closed everything else
process.channel?.unref();
