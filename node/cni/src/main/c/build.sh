#!/usr/bin/env bash
# usage: build.sh OUTPUT_DIRECTORY
# Compiles the CNI executable, unless it is newer than its sources. Static, so that it runs on any host of this
# processor; needs clang and the C library's archive, at build time only.
set -euo pipefail
sources=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
executable=$1/io/weft/cni/weft-cni
most=1000000

if [ -f "$executable" ] && [ -z "$(find "$sources" -newer "$executable" -type f -print -quit)" ]; then
    exit
fi
if ! command -v clang >/dev/null; then
    echo "cni: clang is missing; on Debian: apt-get install clang libc6-dev" >&2
    exit 1
fi
mkdir -p "${executable%/*}"
clang -std=c17 -Os -static -s -Wall -Wextra -Werror -ffunction-sections -fdata-sections -Wl,--gc-sections \
    -o "$executable.new" "$sources/weft-cni.c"
size=$(stat -c %s "$executable.new")
if [ "$size" -ge "$most" ]; then
    echo "cni: the executable has $size bytes, which is not below $most" >&2
    exit 1
fi
mv "$executable.new" "$executable"
