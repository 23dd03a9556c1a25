// three.js: the file's first camera, else the framing below; VRM avatars by three-vrm.
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { DRACOLoader } from "three/examples/jsm/loaders/DRACOLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { VRMLoaderPlugin, VRMUtils } from "@pixiv/three-vrm";

window.show = async (url, width, height) => {
  const renderer = new THREE.WebGLRenderer({ antialias: true });
  renderer.setSize(width, height);
  document.body.append(renderer.domElement);
  const scene = new THREE.Scene();
  scene.background = new THREE.Color(0xd0d0d0);
  scene.add(new THREE.HemisphereLight(0xffffff, 0x888888, 2.5));
  const loader = new GLTFLoader();
  loader.setDRACOLoader(new DRACOLoader().setDecoderPath("/node_modules/three/examples/jsm/libs/draco/gltf/"));
  loader.setMeshoptDecoder(MeshoptDecoder);
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const gltf = await loader.loadAsync(url);
  if (gltf.userData.vrm) VRMUtils.rotateVRM0(gltf.userData.vrm);
  scene.add(gltf.scene);
  gltf.scene.updateMatrixWorld(true);
  let camera = gltf.cameras[0];
  if (camera) {
    if (camera.isPerspectiveCamera) camera.aspect = width / height;
  } else {
    // As example viewers do: 60 degrees, from +Z and a little above, as far off as the bounds' diagonal asks.
    const box = new THREE.Box3().setFromObject(gltf.scene, true);
    const size = box.getSize(new THREE.Vector3()).length();
    const centre = box.getCenter(new THREE.Vector3());
    camera = new THREE.PerspectiveCamera(60, width / height, size / 100, size * 100);
    camera.position.copy(centre).add(new THREE.Vector3(0, size / 5, size / 2).multiplyScalar(1.2));
    camera.lookAt(centre);
  }
  camera.updateProjectionMatrix();
  const light = new THREE.DirectionalLight(0xffffff, 1.5);
  camera.getWorldPosition(light.position);
  scene.add(light);
  renderer.render(scene, camera);
  return { triangles: renderer.info.render.triangles };
};
