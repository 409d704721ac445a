import { describe, expect, it } from "vitest";
import { whyFuncCannotStart } from "../../../tools/funcRequirements";

const fine = { version: "4.14.0", storage: "UseDevelopmentStorage=true", silentPorts: [] };

describe("what npm run start:func needs", () => {
  it("is version 4 of the Core Tools and, for local storage, an emulator that listens on all of its ports", () => {
    expect(whyFuncCannotStart(fine)).toBeUndefined();
    expect(whyFuncCannotStart({ ...fine, version: undefined })).toMatch(/func is not on the PATH: install/);
    expect(whyFuncCannotStart({ ...fine, version: "3.0.5" })).toMatch(/Core Tools is 3.0.5: install/);
    expect(whyFuncCannotStart({ ...fine, silentPorts: [10_001, 10_002] })).toMatch(/on 10001, 10002: .*npx azurite/);
  });

  it("does not include an emulator if the settings name a storage account", () => {
    expect(whyFuncCannotStart({ ...fine, storage: "AccountName=a", silentPorts: [10_000] })).toBeUndefined();
  });
});
