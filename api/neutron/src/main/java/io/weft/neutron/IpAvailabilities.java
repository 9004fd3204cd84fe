package io.weft.neutron;

import io.weft.domain.replica.View;
import io.weft.model.IpRange;
import io.weft.model.Network;
import io.weft.model.Subnet;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;

/** How many addresses the pools of each network hold and how many are in use. */
final class IpAvailabilities implements ResourceService<Seen<Network>> {
    private final Reader reader;

    private IpAvailabilities(Reader reader) {
        this.reader = reader;
    }

    static ResourceType<Seen<Network>> type(Reader reader) {
        Attribute<Seen<Network>, String> project = Attribute.<Seen<Network>, String>of(
                        "project_id", Kinds.text(255), seen -> seen.resource().project())
                .build();
        return ResourceType.named(
                        "network_ip_availability",
                        "network_ip_availabilities",
                        Seen<Network>::id,
                        new IpAvailabilities(reader))
                .attributes(List.of(
                        Attribute.<Seen<Network>, UUID>of(
                                        "network_id",
                                        Values.UUID_KIND,
                                        seen -> seen.resource().id())
                                .build(),
                        Attribute.<Seen<Network>, String>of(
                                        "network_name",
                                        Kinds.text(255),
                                        seen -> seen.resource().name())
                                .build(),
                        project,
                        project.alias("tenant_id"),
                        Attribute.<Seen<Network>, String>of("ip_version", Kinds.text(1), _ -> null)
                                .hidden()
                                .filtered(texts -> seen -> subnets(seen).stream()
                                        .anyMatch(subnet -> texts.contains(
                                                String.valueOf(subnet.family().version()))))
                                .build(),
                        count(
                                "total_ips",
                                seen -> subnets(seen).stream()
                                        .map(IpAvailabilities::total)
                                        .reduce(BigInteger.ZERO, BigInteger::add)),
                        count(
                                "used_ips",
                                seen -> BigInteger.valueOf(subnets(seen).stream()
                                        .mapToLong(subnet -> used(seen.view(), subnet))
                                        .sum())),
                        Attribute.<Seen<Network>, String>of("subnet_ip_availability", Kinds.text(0), _ -> null)
                                .written(IpAvailabilities::writeSubnets)
                                .notFilterable()
                                .notSortable()
                                .build()))
                .notFound(id -> new ApiException(
                        ErrorCategory.NOT_FOUND, "NetworkNotFound", "Network " + id + " could not be found."))
                .hiddenFromOthers()
                .build();
    }

    private static Attribute<Seen<Network>, String> count(
            String name, java.util.function.Function<Seen<Network>, BigInteger> counter) {
        return Attribute.<Seen<Network>, String>of(name, Kinds.text(0), _ -> null)
                .written((seen, out) -> out.writeNumber(counter.apply(seen)))
                .notFilterable()
                .notSortable()
                .build();
    }

    private static List<Subnet> subnets(Seen<Network> seen) {
        return seen.view().world().subnetsOf(seen.resource().id());
    }

    private static void writeSubnets(Seen<Network> seen, JsonGenerator out) {
        out.writeStartArray();
        for (Subnet subnet : subnets(seen)) {
            out.writeStartObject();
            out.writeStringProperty("subnet_id", subnet.id().toString());
            out.writeStringProperty("subnet_name", subnet.name());
            out.writeStringProperty("cidr", subnet.cidr().toString());
            out.writeNumberProperty("ip_version", subnet.family().version());
            out.writeName("total_ips");
            out.writeNumber(total(subnet));
            out.writeNumberProperty("used_ips", used(seen.view(), subnet));
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static BigInteger total(Subnet subnet) {
        BigInteger total = BigInteger.ZERO;
        for (IpRange pool : subnet.allocationPools()) {
            total = total.add(number(pool.last().high(), pool.last().low()))
                    .subtract(number(pool.first().high(), pool.first().low()))
                    .add(BigInteger.ONE);
        }
        return total;
    }

    private static BigInteger number(long high, long low) {
        return new BigInteger(Long.toUnsignedString(high))
                .shiftLeft(Long.SIZE)
                .add(new BigInteger(Long.toUnsignedString(low)));
    }

    private static long used(View view, Subnet subnet) {
        return view.world().portsOfSubnet(subnet.id()).stream()
                .flatMap(port -> port.fixedIps().stream())
                .filter(ip -> ip.subnetId().equals(subnet.id()))
                .count();
    }

    @Override
    public Optional<Seen<Network>> find(Call call, String id) {
        return reader.network(call.caller(), id);
    }

    @Override
    public Iterable<Seen<Network>> list(Call call, Filters<Seen<Network>> filters) {
        View view = reader.view();
        return view.world().networks().stream()
                .map(network -> new Seen<>(network, view))
                .toList();
    }
}
