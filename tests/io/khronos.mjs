// Paths on stdin, one a line; one JSON report a line on stdout, in the same order.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const validator = createRequire(join(process.argv[2], "_.js"))("gltf-validator");
const paths = readFileSync(0, "utf8").split("\n").filter(Boolean);

for (const path of paths) {
  const options = {
    uri: path,
    maxIssues: 0,
    externalResourceFunction: async (uri) => new Uint8Array(readFileSync(join(dirname(path), decodeURIComponent(uri)))),
  };
  let issues = [];
  try {
    issues = (await validator.validateBytes(new Uint8Array(readFileSync(path)), options)).issues.messages;
  } catch (error) {
    issues = [{ code: "VALIDATOR_FAILED", severity: 0, pointer: "", message: String(error) }];
  }
  console.log(JSON.stringify(issues.map(({ code, severity, pointer }) => ({ code, severity, pointer }))));
}
