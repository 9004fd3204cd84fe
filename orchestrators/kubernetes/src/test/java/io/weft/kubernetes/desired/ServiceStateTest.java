package io.weft.kubernetes.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kubernetes.translate.Locality;
import io.weft.kubernetes.translate.NamedPort;
import io.weft.kubernetes.translate.Protocol;
import io.weft.kubernetes.translate.Service;
import io.weft.kubernetes.translate.ServiceSpec;
import io.weft.kubernetes.translate.Slice;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What changes touch, and that the outcome is that of everything anew. */
class ServiceStateTest {
    private static final List<IpAddress> NODE_PORTS = List.of(IpAddress.parse("10.96.255.254"));

    private final ServiceState state = new ServiceState(NODE_PORTS);

    private static Service service(String name, String uid, int address) {
        return new Service(
                "x",
                name,
                uid,
                address == 0 ? List.of() : List.of(IpAddress.parse("10.96.0." + address)),
                List.of(),
                List.of(new Service.Port("", Protocol.TCP, 80, 30_000 + address)),
                0,
                Locality.ANY,
                Locality.ANY,
                0,
                Optional.empty(),
                Set.of(),
                List.of());
    }

    private static Slice slice(String name, String service, int address) {
        return new Slice(
                "x/" + name,
                "x/" + service,
                IpFamily.IPV4,
                Map.of(new NamedPort("", Protocol.TCP), 8080),
                List.of(new Slice.Endpoint(
                        IpAddress.parse("10.244.0." + address), Slice.State.READY, Optional.of("node1"))));
    }

    private Set<String> touched() {
        Set<String> touched = new HashSet<>();
        state.takeTouched(touched::add);
        return touched;
    }

    @Test
    void aSlicesChangeTouchesItsOwnServiceAlone() {
        for (int i = 1; i <= 100; i++) {
            state.put(service("s" + i, "u" + i, i));
            state.put(slice("s" + i, "s" + i, i));
        }
        touched();
        state.put(slice("s7", "s7", 200));
        assertThat(touched()).containsExactly("u7");
        state.put(slice("s7", "s7", 200));
        assertThat(touched()).isEmpty();
        state.put(slice("s7", "s8", 200));
        assertThat(touched()).containsExactlyInAnyOrder("u7", "u8");
    }

    @Test
    void aServiceOfTheSameNameIsAnotherService() {
        state.put(service("a", "first", 1));
        touched();
        state.put(service("a", "second", 1));
        assertThat(touched()).containsExactlyInAnyOrder("first", "second");
        assertThat(state.spec("first")).isEmpty();
        assertThat(state.spec("second")).isPresent();
    }

    /** Random changes; after each, what was touched has become that of a state that was told everything at once. */
    @Test
    void theOutcomeIsThatOfEverythingAnewAndWhatChangedWasTouched() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, Service> services = new TreeMap<>();
        Map<String, Slice> slices = new TreeMap<>();
        Map<String, Optional<ServiceSpec>> specs = new HashMap<>();
        for (int step = 0; step < 300; step++) {
            String name = "s" + random.nextInt(4);
            switch (random.nextInt(5)) {
                case 0 -> {
                    services.remove("x/" + name);
                    state.removeService("x/" + name);
                }
                case 1 -> {
                    Service put = service(name, name + "-" + random.nextInt(2), random.nextInt(3));
                    services.put(put.key(), put);
                    state.put(put);
                }
                case 2 -> {
                    String key = "x/e" + random.nextInt(5);
                    slices.remove(key);
                    state.removeSlice(key);
                }
                default -> {
                    Slice put = slice("e" + random.nextInt(5), name, 1 + random.nextInt(5));
                    slices.put(put.key(), put);
                    state.put(put);
                }
            }
            state.takeTouched(uid -> specs.put(uid, state.spec(uid)));
            ServiceState anew = new ServiceState(NODE_PORTS);
            List<Object> all = new ArrayList<>(services.values());
            all.addAll(slices.values());
            Collections.shuffle(all, random);
            all.forEach(each -> {
                if (each instanceof Service service) {
                    anew.put(service);
                } else {
                    anew.put((Slice) each);
                }
            });
            Map<String, ServiceSpec> expected = new TreeMap<>();
            anew.takeTouched(uid -> anew.spec(uid).ifPresent(spec -> expected.put(uid, spec)));
            Map<String, ServiceSpec> present = new TreeMap<>();
            specs.forEach((uid, spec) -> spec.ifPresent(each -> present.put(uid, each)));
            assertThat(present).as("step %s of seed %s", step, seed).isEqualTo(expected);
        }
    }
}
