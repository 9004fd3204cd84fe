package io.weft.vrouter;

import java.nio.file.Path;

/**
 * How a vRouter is loaded.
 *
 * @param pinDirectory a directory in bpffs that belongs to this vRouter alone; made when absent. Interface indexes are
 *     per network namespace, so one directory serves one namespace
 * @param sizes of tables that are not pinned yet
 */
public record Configuration(Path pinDirectory, Sizes sizes) {}
