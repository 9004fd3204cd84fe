package io.weft.agent.container;

import io.weft.agent.container.Attachment.Origin;
import io.weft.agent.container.CniException.Code;
import io.weft.client.AddressWish;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Resources;
import io.weft.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Ports that this machine makes by the API with credentials of its own. Each has the tag {@value Ownership#TAG} and what
 * its {@link Ownership} gives it, by which a port is found again whose making was interrupted.
 */
final class ApiPorts implements PortSource {
    private final NeutronClient api;
    private final Ownership ownership;
    private final Optional<PreparedSubports> prepared;
    /** Ids by kind and name. */
    private final Recent<String, UUID> names = new Recent<>();

    /** @param prepared where a port comes from when no network is named; empty refuses that */
    ApiPorts(NeutronClient api, Ownership ownership, Optional<PreparedSubports> prepared) {
        this.api = api;
        this.ownership = ownership;
        this.prepared = prepared;
    }

    @Override
    public Origin origin(CniRequest request, Optional<Attachment> before) {
        if (request.port().isPresent()) {
            return Origin.BORROWED;
        }
        // Whoever asks for an interface that came along with another may name a network.
        boolean is = request.configuration().network().isEmpty()
                || before.filter(each -> !each.gone() && each.origin() == Origin.PREPARED)
                        .isPresent();
        return prepared.isPresent() && is ? Origin.PREPARED : Origin.MADE;
    }

    @Override
    public UUID obtain(CniRequest request, Optional<Attachment> before) {
        Optional<UUID> named = request.port();
        if (named.isPresent()) {
            ownership.take(named.get(), request.key());
            return named.get();
        }
        return prepared.filter(_ -> origin(request, before) == Origin.PREPARED)
                .map(source -> source.obtain(request, before.flatMap(Attachment::port)))
                .orElseGet(() -> make(request, before.isPresent()));
    }

    @Override
    public Map<String, UUID> further(CniRequest request, Attachment attachment, UUID port) {
        return prepared.filter(_ -> attachment.origin() == Origin.PREPARED)
                .map(source -> source.further(request, port))
                .orElse(Map.of());
    }

    private UUID make(CniRequest request, boolean again) {
        CniConfiguration wanted = request.configuration();
        if (again) {
            List<UUID> former = made(request.key());
            if (!former.isEmpty()) {
                return former.getFirst();
            }
        }
        String network = wanted.network()
                .orElseThrow(() -> new CniException(
                        Code.INVALID_CONFIGURATION, "network must name the network on which containers get ports"));
        UUID networkId = id("network", network, api.networks(), io.weft.client.Network::id);
        PortAttributes port = PortAttributes.on(networkId);
        List<AddressWish> wishes = wishes(request);
        if (!wishes.isEmpty()) {
            port = port.fixedIps(wishes);
        }
        if (!wanted.securityGroups().isEmpty()) {
            port = port.securityGroups(wanted.securityGroups().stream()
                    .map(group -> id("security group", group, api.securityGroups(), io.weft.client.SecurityGroup::id))
                    .toList());
        }
        if (wanted.qosPolicy().isPresent()) {
            port = port.qosPolicy(
                    id("QoS policy", wanted.qosPolicy().get(), api.qosPolicies(), io.weft.client.QosPolicy::id));
        }
        if (request.mac().isPresent()) {
            port = port.macAddress(request.mac().get());
        }
        try {
            return api.ports()
                    .create(ownership.marked(port, request.key(), wanted.name()))
                    .id();
        } catch (NeutronException e) {
            if (e.notFound()) {
                names.clear();
            }
            throw e;
        }
    }

    private List<AddressWish> wishes(CniRequest request) {
        List<UUID> subnets = request.configuration().subnets().stream()
                .map(name -> id("subnet", name, api.subnets(), io.weft.client.Subnet::id))
                .toList();
        if (subnets.size() > 1 && !request.addresses().isEmpty()) {
            throw new CniException(
                    Code.INVALID_CONFIGURATION, "subnets must name one at most, as the runtime asks for addresses");
        }
        Optional<UUID> only = subnets.size() == 1 ? Optional.of(subnets.getFirst()) : Optional.empty();
        List<AddressWish> wishes = new ArrayList<>();
        for (IpAddress address : request.addresses()) {
            wishes.add(new AddressWish(only, Optional.of(address)));
        }
        return wishes.isEmpty() ? subnets.stream().map(AddressWish::from).toList() : wishes;
    }

    private <R> UUID id(String kind, String nameOrId, Resources<R, ?> resources, Function<R, UUID> id) {
        try {
            if (nameOrId.length() == 36) {
                return UUID.fromString(nameOrId);
            }
        } catch (IllegalArgumentException e) {
            // A name of that length.
        }
        return names.get(kind + " " + nameOrId, _ -> id.apply(resources.named(nameOrId)));
    }

    private List<UUID> made(AttachmentKey key) {
        return api.ports().list(ownership.madeFor(key)).stream().map(Port::id).toList();
    }

    @Override
    public void release(Attachment attachment) {
        switch (attachment.origin()) {
            case MADE -> {
                List<UUID> left = attachment.port().map(List::of).orElseGet(() -> made(attachment.key()));
                left.forEach(ownership::delete);
            }
            case BORROWED -> attachment.port().ifPresent(port -> ownership.letGo(port, attachment.key()));
            case PREPARED -> {}
        }
    }

    /** The ports that this machine has made, each with the {@link AttachmentKey#deviceId} that it was made for. */
    Map<UUID, String> all() {
        Map<UUID, String> found = new ConcurrentHashMap<>();
        api.ports().list(ownership.made()).forEach(port -> found.put(port.id(), ownership.attachment(port)));
        return found;
    }

    /** Deletes a port; it may be gone. */
    void delete(UUID port) {
        ownership.delete(port);
    }
}
