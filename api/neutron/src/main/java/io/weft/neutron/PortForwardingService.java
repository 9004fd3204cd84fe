package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewPortForwarding;
import io.weft.domain.PortForwardingUpdate;
import io.weft.domain.error.Problem;
import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.Meta;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Port forwardings, beneath their floating IP:
 * https://docs.openstack.org/api-ref/network/v2/#floating-ips-port-forwarding. A port stands for a range of one, and one of
 * the two is given.
 */
final class PortForwardingService implements ResourceService<PortForwarding> {
    private static final Kind<PortRange> RANGE = Kinds.parsed(
            11,
            Forms.PORT_RANGE,
            PortForwardingService::range,
            PortForwardingService::text,
            Comparator.comparingInt(PortRange::first).thenComparingInt(PortRange::last));

    private final Attribute<PortForwarding, UUID> id = Attribute.<PortForwarding, UUID>of(
                    "id", Values.UUID_KIND, PortForwarding::id)
            .build();
    private final Attribute<PortForwarding, String> description = Attribute.<PortForwarding, String>of(
                    "description", Kinds.text(Meta.MAX_TEXT), PortForwarding::description)
            .postAndPut()
            .byDefault("")
            .build();
    private final Attribute<PortForwarding, String> protocol = Attribute.<PortForwarding, String>of(
                    "protocol",
                    Kinds.oneOf(List.of("tcp", "udp")),
                    forwarding -> forwarding.protocol().text())
            .required()
            .postAndPut()
            .build();
    private final Attribute<PortForwarding, UUID> portId = Attribute.<PortForwarding, UUID>of(
                    "internal_port_id", Values.UUID_KIND, PortForwarding::portId)
            .required()
            .postAndPut()
            .build();
    private final Attribute<PortForwarding, IpAddress> address = Attribute.<PortForwarding, IpAddress>of(
                    "internal_ip_address", Values.ADDRESS, PortForwarding::address)
            .required()
            .postAndPut()
            .build();
    private final Attribute<PortForwarding, Long> internalPort = port("internal_port", PortForwarding::internal);
    private final Attribute<PortForwarding, Long> externalPort = port("external_port", PortForwarding::external);
    private final Attribute<PortForwarding, PortRange> internalRange =
            ports("internal_port_range", PortForwarding::internal);
    private final Attribute<PortForwarding, PortRange> externalRange =
            ports("external_port_range", PortForwarding::external);
    private final Domain domain;
    private final ResourceType<PortForwarding> type;

    PortForwardingService(Domain domain) {
        this.domain = domain;
        type = ResourceType.named("port_forwarding", "port_forwardings", f -> f.id().toString(), this)
                .attributes(List.of(
                        id,
                        description,
                        protocol,
                        portId,
                        address,
                        internalPort,
                        internalRange,
                        externalPort,
                        externalRange))
                .notFound(missing -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        "PortForwardingNotFound",
                        "Port Forwarding " + missing + " could not be found."))
                .build();
    }

    ResourceType<PortForwarding> type() {
        return type;
    }

    private interface Side {
        PortRange of(PortForwarding forwarding);
    }

    /** The port, where it is one; null where they are several. */
    private static Attribute<PortForwarding, Long> port(String name, Side side) {
        return Attribute.<PortForwarding, Long>of(name, Kinds.integer(1, 65535), forwarding -> {
                    PortRange range = side.of(forwarding);
                    return range.count() == 1 ? (Long) (long) range.first() : null;
                })
                .postAndPut()
                .nullable()
                .build();
    }

    private static Attribute<PortForwarding, PortRange> ports(String name, Side side) {
        return Attribute.<PortForwarding, PortRange>of(name, RANGE, side::of)
                .postAndPut()
                .nullable()
                .build();
    }

    private static PortRange range(String text, String field) {
        int colon = text.indexOf(':');
        try {
            int first = Integer.parseInt(colon < 0 ? text : text.substring(0, colon));
            int last = colon < 0 ? first : Integer.parseInt(text.substring(colon + 1));
            if (first >= 1 && first <= last && last <= 65535) {
                return new PortRange(first, last);
            }
        } catch (NumberFormatException e) {
            throw ApiException.invalid(field, "'" + text + "' is not a range of ports");
        }
        throw ApiException.invalid(field, "'" + text + "' is not a range of ports between 1 and 65535");
    }

    private static String text(PortRange range) {
        return range.first() + ":" + range.last();
    }

    @Override
    public PortForwarding create(Call call, Body body) {
        return domain.portForwardings()
                .create(
                        Callers.of(call),
                        floatingIp(call),
                        new NewPortForwarding(
                                body.require(description),
                                IpProtocol.parse(body.require(protocol)),
                                chosen(body, externalPort, externalRange).orElseThrow(() -> missing(externalPort)),
                                body.require(portId),
                                body.require(address),
                                chosen(body, internalPort, internalRange).orElseThrow(() -> missing(internalPort))));
    }

    private static RuntimeException missing(Attribute<PortForwarding, ?> attribute) {
        return Problem.INVALID_INPUT.with(attribute.name() + " is required");
    }

    private static Optional<PortRange> chosen(
            Body body, Attribute<PortForwarding, Long> one, Attribute<PortForwarding, PortRange> several) {
        Optional<Long> port = body.get(one);
        Optional<PortRange> range = body.get(several);
        if (port.isPresent() && range.isPresent()) {
            throw Problem.BAD_REQUEST.with(
                    "port_forwarding", one.name() + " and " + several.name() + " cannot be specified at the same time");
        }
        return range.or(() -> port.map(p -> new PortRange(p.intValue(), p.intValue())));
    }

    @Override
    public Optional<PortForwarding> find(Call call, String wanted) {
        return domain.portForwardings().list(Callers.of(call), floatingIp(call)).stream()
                .filter(forwarding -> forwarding.id().toString().equals(wanted))
                .findFirst();
    }

    @Override
    public Iterable<PortForwarding> list(Call call, Filters<PortForwarding> filters) {
        return domain.portForwardings().list(Callers.of(call), floatingIp(call));
    }

    @Override
    public PortForwarding update(Call call, String wanted, Body body) {
        return domain.portForwardings()
                .update(
                        Callers.of(call),
                        floatingIp(call),
                        known(wanted),
                        new PortForwardingUpdate(
                                body.get(description),
                                body.get(protocol).map(IpProtocol::parse),
                                chosen(body, externalPort, externalRange),
                                body.get(portId),
                                body.get(address),
                                chosen(body, internalPort, internalRange)));
    }

    @Override
    public void delete(Call call, String wanted) {
        domain.portForwardings().delete(Callers.of(call), floatingIp(call), known(wanted));
    }

    private UUID known(String wanted) {
        return Reader.uuid(wanted).orElseThrow(() -> type.notFound(wanted));
    }

    private static UUID floatingIp(Call call) {
        String parent = call.parent().orElseThrow();
        return Reader.uuid(parent).orElseThrow(() -> FloatingIpService.missing(parent));
    }
}
