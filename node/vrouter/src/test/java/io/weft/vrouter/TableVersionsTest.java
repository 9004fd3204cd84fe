package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.MapType;
import io.weft.kernel.fixture.PinDirectory;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TableVersionsTest {
    @Test
    void versionsAreThoseOfTheHeader() throws IOException {
        String header = Files.readString(Path.of("src/main/bpf/weft/tables.h"));
        Map<String, Integer> inHeader = Pattern.compile("#define VERSION_OF_(\\w+) (\\d+)")
                .matcher(header)
                .results()
                .collect(Collectors.toMap(match -> match.group(1), match -> Integer.valueOf(match.group(2))));
        try (BpfObject object = BpfObject.open("names", KernelVrouter.image())) {
            TableVersions versions = new TableVersions(object);
            assertThat(inHeader.keySet()).contains("ports", "connection_sets");
            assertThat(object.mapNames())
                    .containsAll(inHeader.keySet())
                    .filteredOn(inHeader::containsKey)
                    .allSatisfy(table -> assertThat(versions.of(table)).isEqualTo(inHeader.get(table)));
            assertThat(versions.of("translation_queue")).isEqualTo(versions.of("translations"));
        }
    }

    @Test
    void portsOfAnEarlierBuildAreTakenOverWithoutRules() {
        Port port = new Port(
                7,
                100,
                MacAddress.parse("fa:16:3e:00:00:01"),
                Set.of(Port.Flag.ADMIN_UP),
                1450,
                IpAddress.parse("10.0.0.1"),
                IpAddress.parse("2001:db8::1"));
        try (PinDirectory pins = new PinDirectory()) {
            try (BpfMap earlier =
                    BpfMap.create(MapType.HASH, "ports", 4, 40, Sizes.small().ports(), 0)) {
                earlier.update(BpfMap.intKey(3), Arrays.copyOf(Port.CODEC.encode(port), 40));
                earlier.pin(pins.path().resolve("ports_v1"));
            }
            try (Vrouter vrouter = Vrouter.load(new Configuration(pins.path(), Sizes.small()))) {
                assertThat(vrouter.tables().ports().dump()).containsOnly(Map.entry(3, port));
                vrouter.tables().ports().remove(3);
            }
            try (Vrouter vrouter = Vrouter.load(new Configuration(pins.path(), Sizes.small()))) {
                assertThat(vrouter.tables().ports().dump()).as("once only").isEmpty();
            }
        }
    }
}
