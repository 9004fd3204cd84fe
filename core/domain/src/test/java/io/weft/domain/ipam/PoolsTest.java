package io.weft.domain.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolsTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24, 10.0.0.1, 10.0.0.2-10.0.0.254",
        "10.0.0.0/24, 10.0.0.254, 10.0.0.1-10.0.0.253",
        "10.0.0.0/24, 10.0.0.9, 10.0.0.1-10.0.0.8 10.0.0.10-10.0.0.254",
        "10.0.0.0/24, , 10.0.0.1-10.0.0.254",
        "10.0.0.0/24, 192.0.2.1, 10.0.0.1-10.0.0.254",
        "10.0.0.0/30, 10.0.0.1, 10.0.0.2-10.0.0.2",
        "10.0.0.0/31, 10.0.0.1, 10.0.0.0-10.0.0.0",
        "10.0.0.5/32, , 10.0.0.5-10.0.0.5",
        "2001:db8::/64, 2001:db8::1, 2001:db8::2-2001:db8::ffff:ffff:ffff:ffff",
        "2001:db8::/126, , 2001:db8::1-2001:db8::3",
        "2001:db8::/128, , 2001:db8::-2001:db8::",
    })
    void withoutPoolsEveryHostButTheGatewayIsOne(String cidr, String gateway, String pools) {
        Optional<IpAddress> address = Optional.ofNullable(gateway).map(IpAddress::parse);
        assertThat(Pools.defaultPools(IpPrefix.parse(cidr), address))
                .extracting(IpRange::toString)
                .containsExactly(pools.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24, 10.0.0.0-10.0.0.9, OUT_OF_BOUNDS_ALLOCATION_POOL",
        "10.0.0.0/24, 10.0.0.9-10.0.0.255, OUT_OF_BOUNDS_ALLOCATION_POOL",
        "10.0.0.0/24, 10.0.1.9-10.0.1.10, OUT_OF_BOUNDS_ALLOCATION_POOL",
        "10.0.0.0/24, 2001:db8::1-2001:db8::2, INVALID_ALLOCATION_POOL",
        "2001:db8::/64, 2001:db8::-2001:db8::2, OUT_OF_BOUNDS_ALLOCATION_POOL",
        "10.0.0.0/24, 10.0.0.9-10.0.0.20 10.0.0.20-10.0.0.30, OVERLAPPING_ALLOCATION_POOLS",
    })
    void poolsMustBeHostsOfTheSubnet(String cidr, String pools, Problem problem) {
        assertThat(problemOf(() -> Pools.check(IpPrefix.parse(cidr), parse(pools))))
                .isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24, 10.0.0.0, INVALID_INPUT",
        "10.0.0.0/24, 10.0.0.255, INVALID_INPUT",
        "10.0.0.0/24, 224.0.0.1, INVALID_INPUT",
        "10.0.0.0/24, 2001:db8::1, INVALID_INPUT",
        "2001:db8::/64, 2001:db8::, INVALID_INPUT",
        "10.0.0.0/24, 10.0.0.15, GATEWAY_CONFLICT_WITH_POOLS",
    })
    void theGatewayMustBeAHostOutsideThePools(String cidr, String gateway, Problem problem) {
        assertThat(problemOf(() -> Pools.checkGateway(
                        IpPrefix.parse(cidr), Optional.of(IpAddress.parse(gateway)), parse("10.0.0.10-10.0.0.20"))))
                .isEqualTo(problem);
    }

    @Test
    void aGatewayMayLieOutsideTheSubnet() {
        Pools.checkGateway(IpPrefix.parse("10.0.0.0/24"), Optional.of(IpAddress.parse("192.0.2.1")), List.of());
        assertThat(Pools.isHost(IpPrefix.parse("10.0.0.0/24"), IpAddress.parse("192.0.2.1")))
                .isFalse();
    }

    private static List<IpRange> parse(String pools) {
        return java.util.Arrays.stream(pools.split(" ", -1))
                .map(p -> p.split("-", -1))
                .map(p -> new IpRange(IpAddress.parse(p[0]), IpAddress.parse(p[1])))
                .toList();
    }

    private static Problem problemOf(Runnable call) {
        return Assertions.catchThrowableOfType(DomainException.class, call::run).problem();
    }
}
