package io.weft.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.fixture.Clang;
import io.weft.kernel.fixture.PinDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BpfObjectTest {
    private static final byte[] PACKET = new byte[64];

    @Test
    void listsItsMapsAndPrograms() {
        try (BpfObject object = SampleObject.open()) {
            assertThat(object.programNames()).containsExactly("first", "jump", "route", "report", "take");
            assertThat(object.mapNames()).contains("ports", "counters", "stages", "routes", "events");
        }
    }

    @Test
    void setsConstantsVariablesAndCapacitiesBeforeLoading() {
        try (BpfObject object = SampleObject.open()
                        .global("verdict", 2)
                        .global("bias", 5)
                        .maxEntries("ports", 77)
                        .load();
                TestRun run = new TestRun(object.program("first"))) {
            assertThat(object.map("ports").info().maxEntries()).isEqualTo(77);
            TestRun.Result result = run.run(PACKET, SkbContext.EMPTY.withMark(10));
            assertThat(result.returned()).isEqualTo(2);
            assertThat(result.context().mark()).isEqualTo(15);
        }
    }

    @Test
    void refusesAVariableThatIsNotThereOrHasAnotherSize() {
        try (BpfObject object = SampleObject.open()) {
            assertThat(object.global("bias")).hasValue(1);
            assertThat(object.global("nothing")).isEmpty();
            assertThat(object.global("bias", 5).global("bias")).hasValue(5);
            assertThatThrownBy(() -> object.global("nothing", 1)).hasMessageContaining("no such variable");
            assertThatThrownBy(() -> object.global("runs", 1)).hasMessageContaining("8 bytes");
        }
    }

    @Test
    void explainsWhatTheVerifierRefused() {
        byte[] image = Clang.compile(Path.of("src/test/bpf/refused.c"));
        try (BpfObject object = BpfObject.open("refused", image)) {
            assertThatThrownBy(object::load).isInstanceOfSatisfying(KernelException.class, e -> {
                assertThat(e.errno()).isEqualTo(Errno.EACCES);
                assertThat(e.detail()).contains("careless", "invalid access to packet");
            });
        }
    }

    @Test
    void refusesBytesThatAreNoObject() {
        byte[] image = new byte[128];
        image[0] = 0x7f;
        image[1] = 'E';
        image[2] = 'L';
        image[3] = 'F';
        image[4] = 2;
        image[5] = 1;
        assertThatThrownBy(() -> BpfObject.open("noise", image)).isInstanceOf(KernelException.class);
        assertThatThrownBy(() -> BpfObject.open("noise", new byte[3])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsHowMuchTheVerifierWalked() {
        try (BpfObject object = SampleObject.open().load()) {
            ProgramInfo info = object.program("first").info();
            assertThat(info.name()).isEqualTo("first");
            assertThat(info.type()).isEqualTo(BpfFeatures.CLASSIFIER);
            assertThat(info.verifiedInstructions()).isBetween(5, 100);
            assertThat(info.instructions()).isBetween(5, 100);
        }
    }

    @Test
    void leavesOutWhatIsNotToBeLoaded() {
        try (BpfObject object = SampleObject.open().autoload("route", false).load()) {
            assertThat(object.program("first").fd()).isPositive();
            assertThatThrownBy(() -> object.program("route")).isInstanceOf(KernelException.class);
        }
    }

    @Test
    void pinsMapsAndFindsThemAgainInTheNextGeneration() {
        try (PinDirectory pins = new PinDirectory()) {
            Path version = pins.path().resolve("v1");
            Path path = version.resolve("ports");
            byte[] key = new byte[8];
            byte[] value = {1, 2, 3, 4, 5, 6, 7, 8};
            int id;
            try (BpfObject object = SampleObject.open().pinMap("ports", path).load()) {
                object.map("ports").update(key, value);
                id = object.map("ports").info().id();
            }
            try (BpfObject object = SampleObject.open().pinMap("ports", path).load();
                    BpfMap pinned = BpfMap.openPinned(path)) {
                assertThat(object.map("ports").info().id()).isEqualTo(id);
                assertThat(pinned.info().id()).isEqualTo(id);
                assertThat(pinned.lookup(key)).contains(value);
            }
            try (BpfObject object = SampleObject.open().maxEntries("ports", 5).pinMap("ports", path)) {
                assertThatThrownBy(object::load)
                        .isInstanceOf(KernelException.class)
                        .hasMessageContaining("ports");
            }
            assertThat(BpfFileSystem.list(version)).containsExactly("ports");
            assertThat(BpfFileSystem.unpin(path)).isTrue();
            assertThat(Files.exists(path)).isFalse();
        }
    }

    @Test
    void takesAnExistingMap() {
        try (BpfMap mine = BpfMap.create(MapType.HASH, "ports", 8, 8, 1024, 0);
                BpfObject object = SampleObject.open().reuseMap("ports", mine).load()) {
            assertThat(object.map("ports").info().id()).isEqualTo(mine.info().id());
        }
    }

    @Test
    void refusesPinsWithDots() {
        try (PinDirectory pins = new PinDirectory();
                BpfObject object = SampleObject.open()) {
            assertThatThrownBy(() -> object.pinMap("ports", pins.path().resolve("ports.v1")))
                    .hasMessageContaining("no dots");
        }
    }

    @Test
    void programsLiveOnWhenPinned() {
        try (PinDirectory pins = new PinDirectory()) {
            Path path = pins.path().resolve("first");
            try (BpfObject object = SampleObject.open().global("verdict", 3).load()) {
                object.program("first").pin(path);
            }
            try (BpfProgram program = BpfProgram.openPinned(path);
                    TestRun run = new TestRun(program)) {
                assertThat(run.run(PACKET).returned()).isEqualTo(3);
            }
        }
    }
}
