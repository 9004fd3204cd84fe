#!/usr/bin/env bash
# usage: build.sh OUTPUT_DIRECTORY
# Compiles the data path, unless the objects are newer than all their sources. Needs clang, at build time only.
set -euo pipefail
sources=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
objects=$1/io/weft/vrouter
clang=$(command -v clang || true)
strip=$(command -v llvm-strip || true)

for name in vrouter handover; do
    object=$objects/$name.o
    if [ -f "$object" ] && [ -z "$(find "$sources" -newer "$object" -type f -print -quit)" ]; then
        continue
    fi
    if [ -z "$clang" ]; then
        echo "vrouter: clang is missing; on Debian: apt-get install clang llvm libbpf-dev" >&2
        exit 1
    fi
    mkdir -p "$objects"
    "$clang" -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
        -I"/usr/include/$(uname -m)-linux-gnu" -c "$sources/$name.c" -o "$object.new"
    # Only what libbpf reads stays: BTF, not DWARF.
    [ -z "$strip" ] || "$strip" -g "$object.new"
    mv "$object.new" "$object"
done
