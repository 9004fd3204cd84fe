package io.weft.kernel.bpf;

import io.weft.kernel.fixture.Clang;
import java.nio.file.Path;

/** The module's test programs, compiled once. */
final class SampleObject {
    private static final byte[] IMAGE = Clang.compile(Path.of("src/test/bpf/sample.c"));

    private SampleObject() {}

    static BpfObject open() {
        return BpfObject.open("sample", IMAGE);
    }
}
