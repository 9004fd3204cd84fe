#!/usr/bin/env bash
# usage: build.sh OUTPUT_DIRECTORY
# Compiles the data path, unless the object is newer than all its sources. Needs clang, at build time only.
set -euo pipefail
sources=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
object=$1/io/weft/vrouter/vrouter.o

if [ -f "$object" ] && [ -z "$(find "$sources" -newer "$object" -type f -print -quit)" ]; then
    exit 0
fi
clang=$(command -v clang || true)
if [ -z "$clang" ]; then
    echo "vrouter: clang is missing; on Debian: apt-get install clang llvm libbpf-dev" >&2
    exit 1
fi
mkdir -p "$(dirname "$object")"
"$clang" -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
    -I"/usr/include/$(uname -m)-linux-gnu" -c "$sources/vrouter.c" -o "$object.new"
# Only what libbpf reads stays: BTF, not DWARF.
strip=$(command -v llvm-strip || true)
[ -z "$strip" ] || "$strip" -g "$object.new"
mv "$object.new" "$object"
