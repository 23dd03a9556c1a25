// Babylon.js as its sandbox frames: the default camera of createDefaultCameraOrLight, turned to the front.
import { Engine } from "@babylonjs/core/Engines/engine.js";
import { Scene } from "@babylonjs/core/scene.js";
import { Color4 } from "@babylonjs/core/Maths/math.color.js";
import { DracoDecoder } from "@babylonjs/core/Meshes/Compression/dracoDecoder.js";
import { MeshoptCompression } from "@babylonjs/core/Meshes/Compression/meshoptCompression.js";
import { AppendSceneAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import "@babylonjs/core/Helpers/sceneHelpers.js";
import "@babylonjs/core/Loading/loadingScreen.js";
import "@babylonjs/core/Materials/Textures/Loaders/envTextureLoader.js";
import "@babylonjs/loaders/glTF/index.js";

const assets = "/node_modules/@babylonjs/core/assets/";
DracoDecoder.DefaultConfiguration = {
  wasmUrl: `${assets}Draco/draco_wasm_wrapper_gltf.js`,
  wasmBinaryUrl: `${assets}Draco/draco_decoder_gltf.wasm`,
  fallbackUrl: `${assets}Draco/draco_decoder_gltf.js`,
};
MeshoptCompression.Configuration = { decoder: { url: `${assets}meshopt/meshopt_decoder.js` } };

window.show = async (url, width, height) => {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.style.cssText = `display:block;width:${width}px;height:${height}px`;
  document.body.append(canvas);
  const engine = new Engine(canvas, true, { preserveDrawingBuffer: true });
  const scene = new Scene(engine);
  scene.clearColor = new Color4(0.816, 0.816, 0.816, 1);
  await AppendSceneAsync(url, scene, { pluginExtension: ".glb" });
  if (scene.cameras.length) scene.activeCamera = scene.cameras[0];
  else {
    scene.createDefaultCamera(true, true, false);
    scene.activeCamera.alpha += Math.PI; // the sandbox looks at glTF's front
  }
  scene.createDefaultLight(true);
  await scene.whenReadyAsync();
  scene.render();
  scene.render();
  return { meshes: scene.meshes.length };
};
