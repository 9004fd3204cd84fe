package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaglevTest {
    private static final IpAddress FIRST = IpAddress.parse("10.0.0.1");

    private static List<Pool.Member> members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Pool.Member(FIRST.plus(i), 80, 1))
                .toList();
    }

    private static long share(Pool.Member[] slots, Pool.Member member) {
        return Arrays.stream(slots).filter(member::equals).count();
    }

    @Test
    void equalMembersHaveEqualShares() {
        List<Pool.Member> members = members(10);
        Pool.Member[] slots = Maglev.choose(members, Pool.SLOTS);
        members.forEach(member -> assertThat(share(slots, member)).isBetween(102L, 103L));
    }

    @Test
    void sharesFollowWeights() {
        Pool.Member heavy = new Pool.Member(FIRST, 80, 256);
        Pool.Member light = new Pool.Member(FIRST.plus(1), 80, 1);
        Pool.Member half = new Pool.Member(FIRST.plus(2), 80, 128);
        Pool.Member[] slots = Maglev.choose(List.of(light, half, heavy), Pool.SLOTS);
        assertThat(share(slots, heavy)).isBetween(675L, 682L);
        assertThat(share(slots, half)).isBetween(337L, 341L);
        assertThat(share(slots, light)).isBetween(2L, 3L);
    }

    @Test
    void aMemberThatComesOrGoesMovesFewOthers() {
        List<Pool.Member> members = members(10);
        Pool.Member[] before = Maglev.choose(members, Pool.SLOTS);
        Pool.Member gone = members.get(3);
        List<Pool.Member> fewer = new ArrayList<>(members);
        fewer.remove(gone);
        Pool.Member[] after = Maglev.choose(fewer, Pool.SLOTS);
        long moved = IntStream.range(0, Pool.SLOTS)
                .filter(slot -> !before[slot].equals(gone) && !before[slot].equals(after[slot]))
                .count();
        assertThat(moved).as("of those that could have stayed").isLessThan(Pool.SLOTS / 5);
    }

    @Test
    void theOrderOfMembersIsWithoutMeaning() {
        List<Pool.Member> members = members(200);
        assertThat(Maglev.choose(members.reversed(), Pool.SLOTS)).isEqualTo(Maglev.choose(members, Pool.SLOTS));
    }
}
