import { writeFileSync } from "node:fs";
import path from "node:path";
import { usecaseJsonSchema } from "./usecaseJsonSchema";

/** Writes models/usecase.schema.json for editors: npm run build && node dist/tools/data/writeSchema.js */
const file = path.resolve("models", "usecase.schema.json");
writeFileSync(file, `${JSON.stringify(usecaseJsonSchema(), undefined, 2)}\n`);
console.log(`wrote ${file}`);
