// One JSON line: [{data, count, stride, mode, filter}] in, [{out, again}] out: what the JavaScript decoder makes of each
// stream (base64), and how long its own encoder's stream of the unfiltered bytes is, per version of the format.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "_.js"));
const { MeshoptDecoder } = await import(require.resolve("meshoptimizer/decoder"));
const { MeshoptEncoder } = await import(require.resolve("meshoptimizer/encoder"));
await MeshoptDecoder.ready;
await MeshoptEncoder.ready;

const cases = JSON.parse(readFileSync(0, "utf8"));
const answers = cases.map(({ data, count, stride, mode, filter }) => {
  const stream = new Uint8Array(Buffer.from(data, "base64"));
  const out = new Uint8Array(count * stride);
  MeshoptDecoder.decodeGltfBuffer(out, count, stride, stream, mode, filter);
  const plain = new Uint8Array(count * stride);
  MeshoptDecoder.decodeGltfBuffer(plain, count, stride, stream, mode);
  const again =
    mode === "ATTRIBUTES"
      ? [0, 1].map((version) => MeshoptEncoder.encodeVertexBufferLevel(plain, count, stride, 3, version).length)
      : [MeshoptEncoder.encodeGltfBuffer(plain, count, stride, mode).length];
  return { out: Buffer.from(out).toString("base64"), again };
});
console.log(JSON.stringify(answers));
