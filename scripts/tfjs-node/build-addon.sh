#!/usr/bin/env bash
# Builds the addon of @tensorflow/tfjs-node from a wheel of TensorFlow, for machines that cannot download
# libtensorflow: compiles its two sources against the wheel's headers, and copies the wheel's two libraries
# beside it, 0.8 GB. Needs python3 with pip, g++ and npm. Linux only.
# Usage: npm run build:tfjs-node [-- WHEEL]   # without WHEEL, pip downloads tensorflow-cpu
set -euo pipefail
version=2.21.0
headers=node-api-headers@1.9.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
package=$(cd "$root/packages/backend-node/node_modules/@tensorflow/tfjs-node" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wheel=${1:-}
if [ -z "$wheel" ]; then
  python3 -m pip download --no-deps --only-binary :all: --dest "$work" "tensorflow-cpu==$version"
  wheel=$(ls "$work"/*.whl)
fi
python3 - "$wheel" "$work" <<'PYTHON'
import sys, zipfile
wheel, work = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    wanted = ('tensorflow/include/', 'tensorflow/libtensorflow_')
    archive.extractall(work, [name for name in archive.namelist() if name.startswith(wanted)])
PYTHON
tensorflow=$work/tensorflow

(cd "$work" && npm pack --silent "$headers" >headers && tar xzf "$(cat headers)")

# The folders in which tfjs-node looks for the addon, and the addon for its libraries.
mkdir -p "$package/lib/napi-v8" "$package/deps/lib"
mv -f "$tensorflow"/libtensorflow_cc.so.2 "$tensorflow"/libtensorflow_framework.so.2 "$package/deps/lib"
g++ -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 \
  -I"$package" -I"$tensorflow/include" -I"$work/package/include" \
  "$package/binding/tfjs_backend.cc" "$package/binding/tfjs_binding.cc" \
  -L"$package/deps/lib" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 \
  '-Wl,-rpath,$ORIGIN/../../deps/lib' -o "$package/lib/napi-v8/tfjs_binding.node"

cd "$package"
TF_CPP_MIN_LOG_LEVEL=2 node -e "const { TF_Version } = require('./lib/napi-v8/tfjs_binding.node');
console.log('The addon of tfjs-node runs with TensorFlow', TF_Version);"
