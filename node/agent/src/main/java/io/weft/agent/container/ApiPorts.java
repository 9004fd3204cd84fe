package io.weft.agent.container;

import io.weft.agent.container.Attachment.Origin;
import io.weft.agent.container.CniException.Code;
import io.weft.client.AddressWish;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.Resources;
import io.weft.model.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Ports that this node makes by the API with credentials of its own. Each has the tag {@value #TAG}, this node as its
 * binding and its attachment as {@code device_id}, by which a port is found again whose making was interrupted.
 */
final class ApiPorts implements PortSource {
    static final String TAG = "weft:cni";
    static final String DEVICE_OWNER = "compute:container";

    /** For how long a name is known to stand for an id, so that a hundred containers do not ask a hundred times. */
    private static final Duration NAMES_HOLD = Duration.ofSeconds(10);

    private static final int MOST_NAMES = 1000;

    private final String host;
    private final NeutronClient api;
    private final Map<String, Known> names = new ConcurrentHashMap<>();

    private record Known(UUID id, long until) {}

    /** @param host this node's name, as ports are bound to it */
    ApiPorts(String host, NeutronClient api) {
        this.host = host;
        this.api = api;
    }

    @Override
    public Origin origin(CniRequest request) {
        return request.port().isPresent() ? Origin.BORROWED : Origin.MADE;
    }

    @Override
    public UUID obtain(CniRequest request, Optional<Attachment> before) {
        try {
            Optional<UUID> named = request.port();
            return named.isPresent() ? bind(named.get(), request.key()) : make(request, before.isPresent());
        } catch (NeutronException e) {
            throw new CniException(
                    e.temporary() ? Code.TRY_AGAIN_LATER : Code.REFUSED, "the network's API: " + e.getMessage());
        }
    }

    @Override
    public Map<String, UUID> further(CniRequest request, UUID port) {
        return Map.of();
    }

    private UUID bind(UUID port, AttachmentKey key) {
        String device = key.deviceId();
        return api.ports()
                .change(
                        port,
                        seen -> {
                            boolean free =
                                    seen.host().isEmpty() && seen.deviceId().isEmpty();
                            boolean ours =
                                    seen.host().equals(host) && seen.deviceId().equals(device);
                            if (!free && !ours) {
                                throw new CniException(
                                        Code.REFUSED,
                                        "port " + port + " is in use by device '" + seen.deviceId() + "'");
                            }
                            return ours
                                    ? PortAttributes.NONE
                                    : PortAttributes.NONE
                                            .host(host)
                                            .deviceId(device)
                                            .deviceOwner(DEVICE_OWNER);
                        },
                        Port::revisionNumber)
                .id();
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
        PortAttributes port = PortAttributes.on(networkId)
                .name(
                        request.key().container().length() > 12
                                ? request.key().container().substring(0, 12)
                                : request.key().container())
                .deviceId(request.key().deviceId())
                .deviceOwner(DEVICE_OWNER)
                .host(host)
                .with("tags", List.of(TAG, TAG + ":network=" + wanted.name()));
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
            return api.ports().create(port).id();
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
        String key = kind + " " + nameOrId;
        Known known = names.get(key);
        if (known != null && known.until() - System.nanoTime() > 0) {
            return known.id();
        }
        UUID found = id.apply(resources.named(nameOrId));
        if (names.size() >= MOST_NAMES) {
            names.clear();
        }
        names.put(key, new Known(found, System.nanoTime() + NAMES_HOLD.toNanos()));
        return found;
    }

    private List<UUID> made(AttachmentKey key) {
        return api
                .ports()
                .list(Query.tagged(TAG).and("device_id", key.deviceId()).and("binding:host_id", host))
                .stream()
                .map(Port::id)
                .toList();
    }

    @Override
    public void release(Attachment attachment) {
        switch (attachment.origin()) {
            case MADE -> {
                List<UUID> left = attachment.port().map(List::of).orElseGet(() -> made(attachment.key()));
                left.forEach(api.ports()::delete);
            }
            case BORROWED -> attachment.port().ifPresent(port -> unbind(port, attachment.key()));
            case PREPARED -> {}
        }
    }

    private void unbind(UUID port, AttachmentKey key) {
        try {
            api.ports()
                    .change(
                            port,
                            seen -> seen.host().equals(host) && seen.deviceId().equals(key.deviceId())
                                    ? PortAttributes.NONE.host("").deviceId("").deviceOwner("")
                                    : PortAttributes.NONE,
                            Port::revisionNumber);
        } catch (NeutronException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    /** Ports that this node has made, for whichever attachment, by {@code device_id}. */
    Map<UUID, String> all() {
        Map<UUID, String> found = new ConcurrentHashMap<>();
        api.ports()
                .list(Query.tagged(TAG).and("binding:host_id", host))
                .forEach(port -> found.put(port.id(), port.deviceId()));
        return found;
    }

    /** Deletes a port; it may be gone. */
    void delete(UUID port) {
        api.ports().delete(port);
    }
}
