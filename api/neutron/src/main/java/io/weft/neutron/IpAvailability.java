package io.weft.neutron;

import io.weft.domain.ipam.Pools;
import io.weft.domain.replica.View;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Subnet;
import io.weft.rest.JsonSchema;
import java.math.BigInteger;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * How many addresses there are and how many of them are in use, in whole subnets and in their allocation pools
 * (network-ip-availability-details).
 *
 * @param total those of the subnets; in IPv4 those that hosts may have
 * @param pooled those in the pools
 * @param used those that ports have
 * @param usedOfPools those of the pools that ports have
 */
record IpAvailability(BigInteger total, BigInteger pooled, long used, long usedOfPools) {
    /** No addresses. */
    static final IpAvailability NONE = new IpAvailability(BigInteger.ZERO, BigInteger.ZERO, 0, 0);

    /** What {@link #write} writes. */
    static final JsonSchema SHOWN = JsonSchema.object()
            .withMember("total_ips_in_subnet", Forms.NUMBER)
            .withMember("total_ips_in_allocation_pool", Forms.NUMBER)
            .withMember("used_ips_in_subnet", Forms.NUMBER)
            .withMember("used_ips_in_allocation_pool", Forms.NUMBER);

    /** What a subnet has. */
    static IpAvailability of(View view, Subnet subnet) {
        IpPrefix cidr = subnet.cidr();
        IpAddress first = cidr.family() == IpFamily.IPV4 ? Pools.firstHost(cidr) : cidr.first();
        return new IpAvailability(
                count(new IpRange(first, Pools.lastHost(cidr))),
                inPools(subnet),
                used(view, subnet),
                addresses(view, subnet)
                        .filter(address -> subnet.allocationPools().stream().anyMatch(pool -> pool.contains(address)))
                        .count());
    }

    IpAvailability plus(IpAvailability other) {
        return new IpAvailability(
                total.add(other.total), pooled.add(other.pooled), used + other.used, usedOfPools + other.usedOfPools);
    }

    /** How many addresses the pools of a subnet hold. */
    static BigInteger inPools(Subnet subnet) {
        return subnet.allocationPools().stream().map(IpAvailability::count).reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** How many addresses of a subnet ports have, in its pools or not. */
    static long used(View view, Subnet subnet) {
        return addresses(view, subnet).count();
    }

    private static Stream<IpAddress> addresses(View view, Subnet subnet) {
        return view.world().portsOfSubnet(subnet.id()).stream()
                .flatMap(port -> port.fixedIps().stream())
                .filter(ip -> ip.subnetId().equals(subnet.id()))
                .map(FixedIp::address);
    }

    private static BigInteger count(IpRange range) {
        return number(range.last()).subtract(number(range.first())).add(BigInteger.ONE);
    }

    private static BigInteger number(IpAddress address) {
        return new BigInteger(Long.toUnsignedString(address.high()))
                .shiftLeft(Long.SIZE)
                .add(new BigInteger(Long.toUnsignedString(address.low())));
    }

    void write(JsonGenerator out) {
        out.writeStartObject();
        out.writeName("total_ips_in_subnet");
        out.writeNumber(total);
        out.writeName("total_ips_in_allocation_pool");
        out.writeNumber(pooled);
        out.writeNumberProperty("used_ips_in_subnet", used);
        out.writeNumberProperty("used_ips_in_allocation_pool", usedOfPools);
        out.writeEndObject();
    }
}
