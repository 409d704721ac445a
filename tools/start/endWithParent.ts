// Preloaded into the storage emulator: when the starter is gone, however it ended, nothing may be left running.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
