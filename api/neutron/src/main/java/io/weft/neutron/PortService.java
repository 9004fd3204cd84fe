package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewPort;
import io.weft.domain.PortUpdate;
import io.weft.domain.Ports;
import io.weft.domain.QosChoice;
import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.MacAddress;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import io.weft.model.Resource;
import io.weft.neutron.ObjectValues.OptionWish;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Ports: bodies to operations of the domain. */
final class PortService extends ModelService<Port> {
    private final PortAttributes attributes;
    private final ResourceType<Seen<Port>> type;
    private final Ports ports;
    private final Reader reader;

    PortService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.PORT);
        this.attributes = new PortAttributes(domain.settings());
        this.type = new RelatedNetwork<>(reader, attributes.networkId, Port::networkId)
                .addTo(ResourceType.named("port", "ports", Seen<Port>::id, this))
                .attributes(attributes.all())
                .order(Seen.byId())
                .tags(seen -> seen.resource().meta().tags())
                .changed(seen -> seen.resource().meta().updatedAt())
                .child(new PortBindingService(domain).type())
                .build();
        this.ports = domain.ports();
        this.reader = reader;
    }

    @Override
    ResourceType<Seen<Port>> type() {
        return type;
    }

    @Override
    public Seen<Port> create(Call call, Body body) {
        return seen(call, ports.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<Port>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                ports.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewPort request(Body body) {
        return new NewPort(
                body.require(attributes.standard.project),
                body.require(attributes.networkId),
                body.require(attributes.standard.name),
                body.require(attributes.standard.description),
                body.require(attributes.standard.tags),
                body.require(attributes.adminStateUp),
                body.get(attributes.mac),
                body.get(attributes.fixedIps),
                body.get(attributes.deviceId).orElse(""),
                body.get(attributes.deviceOwner).orElse(""),
                body.get(attributes.addressPairs).orElse(List.of()),
                body.get(attributes.portSecurity),
                groups(body),
                merge(List.of(), body.get(attributes.dhcpOptions).orElse(List.of())),
                new Binding(
                        body.get(attributes.host).orElse(""),
                        body.require(attributes.vnicType),
                        body.get(attributes.profile).orElse(Map.of())),
                new PortDns(body.require(attributes.dnsName), body.require(attributes.dnsDomain)),
                body.get(attributes.qosPolicy),
                PortExtras.NONE
                        .withNumaAffinityPolicy(
                                body.get(attributes.numaAffinityPolicy).orElse(""))
                        .withDeviceProfile(body.get(attributes.deviceProfile).orElse("")));
    }

    @Override
    public Optional<Seen<Port>> find(Call call, String id) {
        return reader.port(call.caller(), id);
    }

    @Override
    public Iterable<Seen<Port>> list(Call call, Filters<Seen<Port>> filters) {
        return reader.ports(call.caller(), filters, attributes);
    }

    @Override
    public Seen<Port> update(Call call, String id, Body body) {
        Port old =
                reader.port(call.caller(), id).orElseThrow(() -> notFound(id)).resource();
        PortUpdate update = new PortUpdate(
                body.get(attributes.standard.name),
                body.get(attributes.standard.description),
                body.get(attributes.adminStateUp),
                mac(body),
                given(body, attributes.fixedIps, List.of()),
                given(body, attributes.deviceId, ""),
                given(body, attributes.deviceOwner, ""),
                given(body, attributes.addressPairs, List.of()),
                body.get(attributes.portSecurity),
                groups(body),
                body.get(attributes.dhcpOptions).map(wishes -> merge(old.extraDhcpOptions(), wishes)),
                binding(old.binding(), body),
                body.get(attributes.dnsName),
                body.get(attributes.dnsDomain),
                body.has(attributes.qosPolicy)
                        ? Optional.of(new QosChoice(body.get(attributes.qosPolicy)))
                        : Optional.empty(),
                given(body, attributes.numaAffinityPolicy, ""),
                call.expectedRevision());
        return seen(call, ports.update(Callers.of(call), old.id(), update));
    }

    /** Null asks for another MAC, whichever (port-mac-address-regenerate). */
    private Optional<MacAddress> mac(Body body) {
        return body.has(attributes.mac)
                ? Optional.of(body.get(attributes.mac).orElseGet(Ports::anyMac))
                : Optional.empty();
    }

    /** The groups that were given; null stands for none. */
    private Optional<List<UUID>> groups(Body body) {
        return attributes.securityGroups().flatMap(attribute -> given(body, attribute, List.of()));
    }

    private Optional<Binding> binding(Binding old, Body body) {
        if (!body.has(attributes.host) && !body.has(attributes.vnicType) && !body.has(attributes.profile)) {
            return Optional.empty();
        }
        Binding wanted = new Binding(
                given(body, attributes.host, "").orElse(old.host()),
                body.get(attributes.vnicType).orElse(old.vnicType()),
                given(body, attributes.profile, Map.of()).orElse(old.profile()));
        return wanted.equals(old) ? Optional.empty() : Optional.of(wanted);
    }

    /** The value that was given, or what null stands for; empty when nothing was given. */
    private static <V> Optional<V> given(Body body, Attribute<?, V> attribute, V forNull) {
        return body.has(attribute) ? Optional.of(body.get(attribute).orElse(forNull)) : Optional.empty();
    }

    /** Options replace those of their name and family; one without a value takes it away, as in Neutron. */
    private static List<DhcpOption> merge(List<DhcpOption> old, List<OptionWish> wishes) {
        List<DhcpOption> merged = new ArrayList<>(old);
        for (OptionWish wish : wishes) {
            merged.removeIf(option -> option.name().equals(wish.name()) && option.family() == wish.family());
            wish.value().ifPresent(value -> merged.add(new DhcpOption(wish.family(), wish.name(), value)));
        }
        return merged;
    }

    @Override
    public void delete(Call call, String id) {
        ports.delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
