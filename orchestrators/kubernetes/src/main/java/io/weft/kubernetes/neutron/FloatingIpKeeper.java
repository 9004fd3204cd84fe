package io.weft.kubernetes.neutron;

import io.weft.client.FloatingIp;
import io.weft.client.FloatingIpAttributes;
import io.weft.client.Network;
import io.weft.client.NeutronClient;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.kubernetes.translate.Service;
import io.weft.model.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The floating IPs of Services as Neutron has them. Any number of threads, each for another Service. */
public final class FloatingIpKeeper {
    private final NeutronClient neutron;
    private final Marks marks;
    private final NetworkKeeper networks;
    private final Map<String, FloatingIp> known = new ConcurrentHashMap<>();

    public FloatingIpKeeper(NeutronClient neutron, Marks marks, NetworkKeeper networks) {
        this.neutron = neutron;
        this.marks = marks;
        this.networks = networks;
    }

    /** Reads all. */
    public void load() {
        known.clear();
        String ours = marks.ofService("");
        neutron.floatingIps().list(Query.ALL).stream()
                .filter(floating -> floating.description().startsWith(ours))
                .forEach(floating -> remember(floating.description().substring(ours.length()), floating));
    }

    /** Reads one again, of which it is not known what became. */
    public void refresh(String uid) {
        known.remove(uid);
        neutron.floatingIps()
                .list(Query.where("description", marks.ofService(uid)))
                .forEach(floating -> remember(uid, floating));
    }

    /** Of two, which an unanswered call left, one is known by a uid that no Service has. */
    private void remember(String uid, FloatingIp floating) {
        known.merge(uid, floating, (first, other) -> {
            known.put(uid + " " + other.id(), other);
            return first;
        });
    }

    /** The uids of all Services that have one. */
    public Set<String> uids() {
        return Set.copyOf(known.keySet());
    }

    /**
     * The Service has a floating IP that leads to this port.
     *
     * @param network the name or id of the network that it is from
     */
    public IpAddress ensure(Service service, Service.Outside wanted, String network, UUID port) {
        FloatingIp floating = known.get(service.uid());
        if (floating != null
                && !floating.floatingIpAddress().equals(wanted.wish().orElse(floating.floatingIpAddress()))) {
            remove(service.uid());
            floating = null;
        }
        if (floating == null) {
            floating = create(service, wanted, neutron.networks().named(network), port);
        } else if (!floating.portId().equals(Optional.of(port))) {
            floating = neutron.floatingIps().update(floating.id(), FloatingIpAttributes.NONE.port(port));
        }
        known.put(service.uid(), floating);
        return floating.floatingIpAddress();
    }

    private FloatingIp create(Service service, Service.Outside wanted, Network network, UUID port) {
        Router router = networks.router().orElseThrow(() -> new NotYetException("Services are behind no router"));
        if (router.externalGatewayInfo().isEmpty()) {
            throw new NotYetException("no address outside the cluster: router '" + router.name() + "' has no gateway");
        }
        FloatingIpAttributes attributes =
                FloatingIpAttributes.of(network.id()).port(port).description(marks.ofService(service.uid()));
        return neutron.floatingIps()
                .create(wanted.wish().map(attributes::floatingIpAddress).orElse(attributes));
    }

    /** The Service has none. */
    public void remove(String uid) {
        Optional.ofNullable(known.get(uid)).ifPresent(floating -> {
            neutron.floatingIps().delete(floating.id());
            known.remove(uid);
        });
    }
}
