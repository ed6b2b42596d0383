#!/usr/bin/env bash
# Fetches the one library of the wall's pages, Apache ECharts, and keeps it only if it is byte for byte the one pinned here.
#   deploy/fetch-echarts.sh [DIRECTORY]          into build/vendor or there; does nothing when the file is there and right
#   deploy/fetch-echarts.sh --have [DIRECTORY]   only says by its status whether it is
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=6.0.0
package_sha512='Tte/grDQRiETQP4xz3iZWSvoHrkCQtwqd6hs+mifXcjrCuo2iKWbajFObuLJVBlDIJlOzgQPd1hsaKt/3+OMkQ=='
file_sha256=baa8dfe7e1d9336b98e8986ba7e20ea15e7cdbea1ef42a59d59478632fa45a1d
only_look=no
if [ "${1:-}" = --have ]; then
    only_look=yes
    shift
fi
target=${1:-build/vendor}
file=$target/echarts.min.js

is_right() {
    [ -f "$file" ] && echo "$file_sha256  $file" | sha256sum --check --status
}

stop() {
    echo "fetch-echarts: $1" >&2
    exit 1
}

if is_right; then exit 0; fi
[ $only_look = no ] || exit 1
command -v npm >/dev/null || stop "npm is missing: apt-get install npm"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# npm wants a home for its cache; none is set under some service managers.
(cd "$work" && HOME=${HOME:-$work} npm pack --loglevel=error --ignore-scripts --cache "$work/cache" "echarts@$version" >/dev/null 2>"$work/log") ||
    stop "echarts $version could not be had from the npm registry (offline?). Put its dist/echarts.min.js, sha256 $file_sha256, at $file and build again. $(tail -n 1 "$work/log")"
package=$work/echarts-$version.tgz
[ "$(openssl dgst -sha512 -binary "$package" | base64 -w0)" = "$package_sha512" ] ||
    stop "the registry's echarts $version is not the one pinned here: its sha512 differs. Nothing was installed."
tar -xzf "$package" -C "$work" --no-same-owner package/dist/echarts.min.js
mkdir -p "$target"
install -m 644 "$work/package/dist/echarts.min.js" "$file.new"
mv "$file.new" "$file"
is_right || stop "the file in the package is not the one pinned here."
echo "fetch-echarts: $file, ECharts $version"
