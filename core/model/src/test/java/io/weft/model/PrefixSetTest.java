package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixSetTest {
    /** Random blocks lie in this one, so that each of their addresses can be looked at. */
    private static final int PLAIN = 24;

    private static final int SIZE = 1 << (32 - PLAIN);

    private static PrefixSet of(String... prefixes) {
        List<IpPrefix> parsed = Arrays.stream(prefixes).map(IpPrefix::parse).toList();
        return PrefixSet.of(parsed.getFirst().family(), parsed);
    }

    private static String gap(PrefixSet set, int length, String... places) {
        return set.gap(Arrays.stream(places).map(IpPrefix::parse).toList(), length)
                .map(IpPrefix::toString)
                .orElse("none");
    }

    @Test
    void blocksBecomeAsFewAsThereCanBe() {
        assertThat(of("10.0.1.0/24", "10.0.0.0/24", "10.0.0.128/25")).hasToString("[10.0.0.0/23]");
        assertThat(of("10.0.1.0/24", "10.0.2.0/24")).hasToString("[10.0.1.0/24, 10.0.2.0/24]");
        assertThat(of("2001:db8:1::/48", "2001:db8::/48", "::/128")).hasToString("[::/128, 2001:db8::/47]");
        assertThat(of("0.0.0.0/1", "128.0.0.0/1")).hasToString("[0.0.0.0/0]");
        assertThat(of("10.0.0.0/24").without(IpPrefix.parse("10.0.0.64/26")))
                .hasToString("[10.0.0.0/26, 10.0.0.128/25]");
        assertThat(of("::/0").without(IpPrefix.parse("::/0")).isEmpty()).isTrue();
    }

    @Test
    void aBlockIsFoundInTheSmallestPartThatIsLargeEnough() {
        PrefixSet taken = of("10.0.0.0/26", "10.0.1.0/25");
        assertThat(gap(taken, 26, "10.0.0.0/16")).isEqualTo("10.0.0.64/26");
        assertThat(gap(taken, 27, "10.0.0.0/16")).isEqualTo("10.0.0.64/27");
        assertThat(gap(taken, 25, "10.0.0.0/16")).isEqualTo("10.0.0.128/25");
        assertThat(gap(taken, 24, "10.0.0.0/16")).isEqualTo("10.0.2.0/24");
        assertThat(gap(taken, 16, "10.0.0.0/16")).isEqualTo("none");
        assertThat(gap(taken, 24, "10.0.0.0/23", "192.0.2.0/25", "198.51.100.0/24"))
                .isEqualTo("198.51.100.0/24");
        assertThat(gap(taken, 20)).isEqualTo("none");
        assertThat(gap(PrefixSet.empty(IpFamily.IPV6), 64, "2001:db8::/48")).isEqualTo("2001:db8::/64");
        assertThat(gap(of("2001:db8::/64"), 64, "2001:db8::/48")).isEqualTo("2001:db8:0:1::/64");
        assertThat(gap(of("2001:db8::/128"), 128, "2001:db8::/127")).isEqualTo("2001:db8::1/128");
        assertThat(gap(PrefixSet.empty(IpFamily.IPV4), 0, "0.0.0.0/0")).isEqualTo("0.0.0.0/0");
    }

    @Test
    void familiesAreNotMixed() {
        assertThatThrownBy(() -> of("10.0.0.0/8", "::/0")).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> of("10.0.0.0/8").meets(IpPrefix.parse("::/0"))).isInstanceOf(InvalidException.class);
    }

    @Test
    void isASetOfAddressesWhateverIsPutInAndTakenOut() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            PrefixSet set = PrefixSet.empty(IpFamily.IPV4);
            BitSet expected = new BitSet(SIZE);
            for (int step = 0; step < 30; step++) {
                IpPrefix prefix = random(random);
                boolean in = random.nextInt(5) > 1;
                set = in ? set.with(prefix) : set.without(prefix);
                expected.set(from(prefix), to(prefix), in);
                assertThat(set).isEqualTo(PrefixSet.of(IpFamily.IPV4, set.prefixes()));
                BitSet held = new BitSet(SIZE);
                set.prefixes().forEach(one -> held.set(from(one), to(one)));
                assertThat(held).isEqualTo(expected);
                IpPrefix other = random(random);
                BitSet common = expected.get(from(other), to(other));
                assertThat(set.meets(other)).isEqualTo(!common.isEmpty());
                assertThat(set.covers(other)).isEqualTo(common.cardinality() == to(other) - from(other));
                assertGap(set, expected, random);
            }
        }
    }

    /** Two places that do not overlap; the gap is the lowest among the free aligned blocks of the least sufficient size. */
    private static void assertGap(PrefixSet set, BitSet taken, Random random) {
        int length = PLAIN + random.nextInt(9);
        List<IpPrefix> places = new ArrayList<>(List.of(IpPrefix.parse("10.0.0.0/25")));
        if (random.nextBoolean()) {
            places.add(IpPrefix.parse("10.0.0.192/26"));
        }
        PrefixSet free = PrefixSet.of(IpFamily.IPV4, places);
        for (IpPrefix prefix : set.prefixes()) {
            free = free.without(prefix);
        }
        Optional<IpPrefix> smallest = free.prefixes().stream()
                .filter(prefix -> prefix.length() <= length)
                .reduce((a, b) -> b.length() > a.length() ? b : a);
        Optional<IpPrefix> gap = set.gap(places, length);
        assertThat(gap).isEqualTo(smallest.map(prefix -> new IpPrefix(prefix.address(), length)));
        gap.ifPresent(prefix ->
                assertThat(taken.get(from(prefix), to(prefix)).isEmpty()).isTrue());
    }

    private static IpPrefix random(Random random) {
        return new IpPrefix(IpAddress.parse("10.0.0." + random.nextInt(SIZE)), PLAIN + random.nextInt(33 - PLAIN));
    }

    private static int from(IpPrefix prefix) {
        return prefix.first().ipv4Bits() & SIZE - 1;
    }

    private static int to(IpPrefix prefix) {
        return (prefix.last().ipv4Bits() & SIZE - 1) + 1;
    }
}
