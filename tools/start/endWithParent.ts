// Preloaded into the storage emulator: when the starter is gone, however it ended, nothing may be left running.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// the channel must not keep the emulator alive once it has closed everything else
process.channel?.unref();
