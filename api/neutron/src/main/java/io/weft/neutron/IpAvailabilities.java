package io.weft.neutron;

import io.weft.domain.replica.View;
import io.weft.model.Network;
import io.weft.model.Subnet;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** How many addresses the pools of each network hold and how many are in use. */
final class IpAvailabilities implements ResourceService<Seen<Network>> {
    private static final JsonSchema SUBNET = JsonSchema.object()
            .withMember("subnet_id", Forms.ID)
            .withMember("subnet_name", Forms.TEXT)
            .withMember("cidr", Forms.CIDR)
            .withMember("ip_version", Values.IP_VERSION.writtenSchema())
            .withMember("total_ips", Forms.NUMBER)
            .withMember("used_ips", Forms.NUMBER)
            .withMember("ip_availability_details", IpAvailability.SHOWN);

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
                                        .map(IpAvailability::inPools)
                                        .reduce(BigInteger.ZERO, BigInteger::add)),
                        count(
                                "used_ips",
                                seen -> BigInteger.valueOf(subnets(seen).stream()
                                        .mapToLong(subnet -> IpAvailability.used(seen.view(), subnet))
                                        .sum())),
                        written("subnet_ip_availability", JsonSchema.list(SUBNET), IpAvailabilities::writeSubnets),
                        written(
                                "ip_availability_details",
                                IpAvailability.SHOWN,
                                (seen, out) -> subnets(seen).stream()
                                        .map(subnet -> IpAvailability.of(seen.view(), subnet))
                                        .reduce(IpAvailability.NONE, IpAvailability::plus)
                                        .write(out))))
                .offers(Operation.LIST, Operation.SHOW)
                .notFound(id -> new ApiException(
                        ErrorCategory.NOT_FOUND, "NetworkNotFound", "Network " + id + " could not be found."))
                .build();
    }

    private static Attribute<Seen<Network>, String> count(String name, Function<Seen<Network>, BigInteger> counter) {
        return written(name, Forms.NUMBER, (seen, out) -> out.writeNumber(counter.apply(seen)));
    }

    private static Attribute<Seen<Network>, String> written(
            String name, JsonSchema schema, BiConsumer<Seen<Network>, JsonGenerator> writer) {
        return Attribute.<Seen<Network>, String>of(name, Kinds.text(0), _ -> null)
                .written(schema, writer)
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
            out.writeNumber(IpAvailability.inPools(subnet));
            out.writeNumberProperty("used_ips", IpAvailability.used(seen.view(), subnet));
            out.writeName("ip_availability_details");
            IpAvailability.of(seen.view(), subnet).write(out);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    @Override
    public Optional<Seen<Network>> find(Call call, String id) {
        return reader.network(call.caller(), id);
    }

    @Override
    public Iterable<Seen<Network>> list(Call call, Filters<Seen<Network>> filters) {
        View view = reader.view();
        return view.world().networks().stream()
                .map(network -> new Seen<>(network, view, call.caller().project()))
                .toList();
    }
}
