#!/usr/bin/env bash
# Build the wheel, install it alone, and run the main job where neither site-packages nor a home can be written.
set -euo pipefail
work=$1
root=$PWD
python -m build --wheel --outdir "$work/dist" . >/dev/null
python3 -m venv "$work/wheel"
"$work/wheel/bin/python" -m pip install -q --disable-pip-version-check "$work"/dist/sceneproof-*.whl
site=$("$work/wheel/bin/python" -c "import sysconfig; print(sysconfig.get_path('purelib'))")
mkdir -p "$work/job"
cp assets/interior.glb assets/interior.declaration.toml "$work/job/"
cat > "$work/job.sh" <<'JOB'
set -euo pipefail
cd "$1"
s=$2/bin/sceneproof
export HOME=/nonexistent XDG_CACHE_HOME=/nonexistent/cache
$s keygen studio.key
$s audit interior.glb --fail-on never > audit.txt
$s mark interior.glb --output marked.glb --key studio.key --receipt receipt.json > mark.txt
$s verify marked.glb --key studio.key --expect receipt.json
$s audit marked.glb --declaration interior.declaration.toml --format html --output report.html
ls -l marked.glb receipt.json report.html
JOB
if unshare -m true 2>/dev/null; then
  unshare -m sh -c "mount --bind '$site' '$site' && mount -o remount,ro,bind '$site' && ! touch '$site/x' 2>/dev/null && bash '$work/job.sh' '$work/job' '$work/wheel'"
else
  find "$site" -exec chmod a-w {} +
  before=$(find "$site" | sort | sha256sum)
  PYTHONDONTWRITEBYTECODE=1 bash "$work/job.sh" "$work/job" "$work/wheel"
  [ "$before" = "$(find "$site" | sort | sha256sum)" ]
fi
cd "$root"
