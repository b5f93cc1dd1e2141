#!/usr/bin/env bash
# Installs, on Debian, the programs of others that the specs talk to (spec/support/counterparts.ts).
set -euo pipefail

packages=(chromium iproute2 iptables nats-server openssl postgresql python3 redis-server unbound)

if ! command -v apt-get >/dev/null; then
  echo "This is not Debian. Install with what it has: ${packages[*]}" >&2
  exit 1
fi
if dpkg-query --show --showformat='${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null | grep -c '^ii' |
  grep -qx "${#packages[@]}"; then
  exit 0
fi

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
