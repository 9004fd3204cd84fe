package io.weft.agent.gateways;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.gateways.WatchMessage.Role;
import io.weft.model.IpFamily;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WatchMessageTest {
    @Test
    void whatIsSaidIsReadInAsManyMessagesAsItTakes() {
        SortedMap<Integer, Role> roles = new TreeMap<>();
        for (int i = 0; i < 1000; i++) {
            roles.put(0xffffff - i * 7, i % 3 == 0 ? Role.HOLDING : Role.STANDING_BY);
        }
        Map<Integer, Set<IpFamily>> lost = new HashMap<>();
        int number = 0;
        for (int vni : roles.keySet()) {
            List<Set<IpFamily>> some = List.of(
                    Set.of(), Set.of(IpFamily.IPV4), Set.of(IpFamily.IPV6), Set.of(IpFamily.IPV4, IpFamily.IPV6));
            if (number % 5 < some.size()) {
                lost.put(vni, some.get(number % 5));
            }
            number++;
        }
        List<WatchMessage> messages = WatchMessage.of(true, roles, lost);
        Map<Integer, Set<IpFamily>> readLost = new HashMap<>();
        SortedMap<Integer, Role> read = new TreeMap<>();
        int next = 0;
        for (WatchMessage message : messages) {
            byte[] bytes = message.write();
            assertThat(bytes.length).isLessThan(1200);
            assertThat(WatchMessage.read(ByteBuffer.wrap(bytes))).contains(message);
            assertThat(message.first()).isEqualTo(next);
            next = message.last() + 1;
            read.putAll(message.roles());
            readLost.putAll(message.lost());
        }
        assertThat(next).isEqualTo(WatchMessage.LAST_VNI + 1);
        assertThat(read).isEqualTo(roles);
        assertThat(readLost).isEqualTo(lost);
        assertThat(WatchMessage.of(false, new TreeMap<>(), Map.of())).hasSize(1);
    }

    @Test
    void aFormerBuildHasLostNoNextHop() {
        SortedMap<Integer, Role> roles = new TreeMap<>(Map.of(4, Role.HOLDING, 5, Role.STANDING_BY, 6, Role.HOLDING));
        WatchMessage message = new WatchMessage(true, 0, 9, roles, Map.of(4, Set.of(IpFamily.IPV4)));
        byte[] bytes = message.write();
        assertThat(WatchMessage.read(ByteBuffer.wrap(bytes))).contains(message);
        assertThat(WatchMessage.read(ByteBuffer.wrap(bytes, 0, bytes.length - 2)))
                .contains(new WatchMessage(true, 0, 9, roles, Map.of(4, Set.of(), 5, Set.of(), 6, Set.of())));
    }

    @Test
    void garbageIsNoMessage() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] whole = new WatchMessage(true, 3, 900, new TreeMap<>(Map.of(4, Role.HOLDING, 5, Role.HOLDING))).write();
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            WatchMessage.read(ByteBuffer.wrap(bytes))
                    .ifPresent(message -> assertThat(message.roles().keySet())
                            .allMatch(vni -> vni >= message.first() && vni <= message.last()));
        }
    }
}
