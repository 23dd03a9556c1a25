// model-viewer as it comes: its own framing, its neutral light.
import "@google/model-viewer";

window.show = (url, width, height) =>
  new Promise((resolve, reject) => {
    const viewer = document.createElement("model-viewer");
    const libs = "/node_modules/three/examples/jsm/libs/";
    viewer.constructor.dracoDecoderLocation = `${libs}draco/gltf/`;
    viewer.constructor.meshoptDecoderLocation = "/node_modules/@babylonjs/core/assets/meshopt/meshopt_decoder.js";
    viewer.style.cssText = `display:block;width:${width}px;height:${height}px;background:#d0d0d0`;
    viewer.setAttribute("interaction-prompt", "none");
    viewer.setAttribute("loading", "eager");
    viewer.addEventListener("error", (event) => reject(new Error(`${event.detail?.type} ${event.detail?.sourceError?.message ?? ""}`)));
    viewer.addEventListener("load", () => setTimeout(() => resolve({ orbit: String(viewer.getCameraOrbit()) }), 1200));
    viewer.src = url;
    document.body.append(viewer);
  });
