// Serves the built page with a recording, to look at by hand: VITRINE_STREAM=recording.json npm run demo
import { readFile } from "node:fs/promises";
import { CODE, startFake } from "./server.mjs";

const path = process.env.VITRINE_STREAM;
if (!path) {
  console.error("Set VITRINE_STREAM to a file with recorded events (a JSON array).");
  process.exit(2);
}
const fake = await startFake({ events: JSON.parse(await readFile(path, "utf8")), port: 8090 });
console.log(`${fake.url}  name: ann  password: secret  code: ${CODE}`);
