/**
 * eBPF from Java: objects, maps, programs, links, ring buffers and test runs.
 *
 * <p>ELF objects are opened and relocated by libbpf (1.0 or newer); everything else is bpf(2) itself, so that link
 * types younger than the library work. Whatever is pinned outlives the process; whatever is not ends with its Java
 * object, which is why all of them are closeable.
 */
@NullMarked
package io.weft.kernel.bpf;

import org.jspecify.annotations.NullMarked;
