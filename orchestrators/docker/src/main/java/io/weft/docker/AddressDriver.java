package io.weft.docker;

import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.Query;
import io.weft.client.Subnet;
import io.weft.client.SubnetPool;
import io.weft.docker.PendingPools.Pending;
import io.weft.docker.protocol.Protocol;
import io.weft.docker.protocol.Request;
import io.weft.docker.protocol.Request.AddressInSubnet;
import io.weft.docker.translate.ContainerLabels;
import io.weft.docker.translate.FreePrefix;
import io.weft.docker.translate.Labels;
import io.weft.docker.translate.Options;
import io.weft.docker.translate.Ports;
import io.weft.docker.translate.Ports.Release;
import io.weft.docker.translate.Ports.Reservation;
import io.weft.docker.translate.RefusedException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The IPAM driver: subnets and addresses. Safe for several threads. */
final class AddressDriver {
    /** Where a network's subnet comes from when nobody says where. */
    private static final IpPrefix OWN_BLOCK = IpPrefix.parse("10.128.0.0/9");

    private static final int OWN_LENGTH = 24;
    private static final int IPV6_LENGTH = 64;
    private static final String EXISTING = "subnet:";

    private final NeutronClient neutron;
    private final String host;
    private final PendingPools pending;
    private final Recent recent;
    private final SecureRandom random = new SecureRandom();

    AddressDriver(NeutronClient neutron, String host, PendingPools pending, Recent recent) {
        this.recent = recent;
        this.neutron = neutron;
        this.host = host;
        this.pending = pending;
    }

    /** Nothing is made yet: whose subnet it is the engine says later. */
    Map<String, Object> requestPool(Request.RequestPool request) {
        Options.OfPool options = Options.pool(request.options(), request.family());
        return options.subnet().isPresent() ? existing(request, options.subnet().get()) : fresh(request, options);
    }

    private Map<String, Object> existing(Request.RequestPool request, String name) {
        Subnet subnet = neutron.subnets().named(name);
        if (subnet.ipVersion() != request.family().version()) {
            throw new RefusedException("subnet " + subnet.id() + " is of IPv" + subnet.ipVersion());
        }
        if (request.pool().isPresent() && !request.pool().get().equals(subnet.cidr())) {
            throw new RefusedException("subnet " + subnet.id() + " is " + subnet.cidr() + ", not "
                    + request.pool().get());
        }
        if (request.range().isPresent()) {
            throw new RefusedException("subnet " + subnet.id() + " has its own allocation pools: leave out --ip-range");
        }
        String id = EXISTING + subnet.id();
        pending.add(new Pending(
                id,
                Optional.empty(),
                Optional.of(subnet.id()),
                subnet.cidr(),
                Optional.empty(),
                Optional.empty(),
                false,
                System.nanoTime()));
        return pool(id, subnet.cidr(), gateway(subnet));
    }

    private Map<String, Object> fresh(Request.RequestPool request, Options.OfPool options) {
        Optional<SubnetPool> subnetPool =
                options.pool().map(name -> neutron.subnetPools().named(name));
        if (subnetPool.isEmpty() && request.pool().isEmpty()) {
            subnetPool =
                    neutron
                            .subnetPools()
                            .list(Query.where("is_default", true)
                                    .and("ip_version", request.family().version()))
                            .stream()
                            .findFirst();
        }
        IpPrefix prefix = request.pool().isPresent() ? request.pool().get() : choose(request.family(), subnetPool);
        if (prefix.family() != request.family()) {
            throw new RefusedException(
                    "subnet " + prefix + " is not of IPv" + request.family().version());
        }
        UUID token = UUID.randomUUID();
        pending.add(new Pending(
                token.toString(),
                Optional.of(token),
                Optional.empty(),
                prefix,
                request.range(),
                subnetPool.map(SubnetPool::id),
                request.pool().isEmpty(),
                System.nanoTime()));
        return pool(token.toString(), prefix, firstOf(prefix));
    }

    private IpPrefix choose(IpFamily family, Optional<SubnetPool> subnetPool) {
        List<IpPrefix> used = new ArrayList<>(pending.prefixes());
        if (subnetPool.isPresent()) {
            SubnetPool pool = subnetPool.get();
            if (pool.ipVersion() != family.version()) {
                throw new RefusedException("subnet pool " + pool.id() + " is of IPv" + pool.ipVersion());
            }
            neutron.subnets().list(Query.where("subnetpool_id", pool.id())).forEach(s -> used.add(s.cidr()));
            return FreePrefix.find(pool.prefixes(), pool.defaultPrefixlen(), used)
                    .orElseThrow(() -> new RefusedException("subnet pool " + pool.id() + " has no prefix of length "
                            + pool.defaultPrefixlen() + " left"));
        }
        if (family == IpFamily.IPV6) {
            // RFC 4193 section 3.2: 40 random bits behind fd.
            return new IpPrefix(
                    IpAddress.ofIpv6(0xfdL << 56 | (random.nextLong() & 0xff_ffff_ffffL) << 16, 0), IPV6_LENGTH);
        }
        neutron.subnets().list(Query.where("ip_version", 4)).forEach(s -> used.add(s.cidr()));
        return FreePrefix.find(List.of(OWN_BLOCK), OWN_LENGTH, used)
                .orElseThrow(() -> new RefusedException(OWN_BLOCK + " is used up: give a subnet"));
    }

    private static Map<String, Object> pool(String id, IpPrefix prefix, AddressInSubnet gateway) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("PoolID", id);
        answer.put("Pool", prefix.toString());
        answer.put("Data", Map.of(Protocol.GATEWAY, gateway.toString()));
        return answer;
    }

    /** Neutron's gateway of a subnet unless something else is said. */
    private static AddressInSubnet firstOf(IpPrefix prefix) {
        return new AddressInSubnet(prefix.first().plus(1), prefix.length());
    }

    /** An engine wants a gateway of every subnet; whether containers get it as a route is said when they join. */
    private static AddressInSubnet gateway(Subnet subnet) {
        return subnet.gatewayIp()
                .map(ip -> new AddressInSubnet(ip, subnet.cidr().length()))
                .orElseGet(() -> firstOf(subnet.cidr()));
    }

    /** The objects of a pool go with its network. */
    void releasePool(Request.ReleasePool request) {
        pending.remove(request.poolId());
    }

    Map<String, Object> requestAddress(Request.RequestAddress request) {
        Optional<Subnet> there = subnet(request.poolId());
        if (there.isEmpty()) {
            return announced(request);
        }
        Subnet subnet = there.get();
        if (request.address().isPresent()
                && !subnet.cidr().contains(request.address().get())) {
            throw new RefusedException("address " + request.address().get() + " is not in the subnet " + subnet.cidr());
        }
        if (request.gateway()) {
            AddressInSubnet gateway = gateway(subnet);
            if (request.address().isPresent() && !request.address().get().equals(gateway.address())) {
                throw new RefusedException("subnet " + subnet.id() + " has the gateway "
                        + subnet.gatewayIp().map(IpAddress::toString).orElse("of nobody") + ", not "
                        + request.address().get());
            }
            return address(gateway.address(), subnet);
        }
        return address(request.mac().isPresent() ? reserve(subnet, request) : hold(subnet, request), subnet);
    }

    /** Gateways and addresses of others, before there is a subnet: they come again with the network. */
    private Map<String, Object> announced(Request.RequestAddress request) {
        Pending asked = pending.byId(request.poolId())
                .orElseThrow(() -> new RefusedException("there is no subnet of pool " + request.poolId()
                        + ": this IPAM driver serves weft networks alone"));
        IpAddress address = request.address()
                .or(() ->
                        request.gateway() ? Optional.of(firstOf(asked.prefix()).address()) : Optional.empty())
                .orElseThrow(() -> new RefusedException("an address without a container must be named"));
        if (!asked.prefix().contains(address)) {
            throw new RefusedException("address " + address + " is not in the subnet " + asked.prefix());
        }
        return Map.of("Address", new AddressInSubnet(address, asked.prefix().length()).toString(), "Data", Map.of());
    }

    private IpAddress reserve(Subnet subnet, Request.RequestAddress request) {
        var mac = request.mac().orElseThrow();
        Query network = Query.where("network_id", subnet.networkId());
        List<Port> ofMac = neutron.ports().list(network.and("mac_address", mac));
        List<Port> ofAddress = request.address()
                .map(ip -> neutron.ports().list(network.and("fixed_ips", "ip_address=" + ip)))
                .orElse(List.of());
        return switch (Ports.reserve(subnet, request.address(), mac, host, ofMac, ofAddress)) {
            case Reservation.Keep keep -> keep.address();
            case Reservation.Extend extend ->
                taken(neutron.ports().update(extend.port().id(), extend.attributes()), subnet, request.address());
            case Reservation.Adopt adopt -> {
                // The tag first: a port that is ours without it would be removed and not given back.
                neutron.ports().addTag(adopt.port().id(), Labels.EXISTING_PORT);
                yield taken(neutron.ports().update(adopt.port().id(), adopt.attributes()), subnet, request.address());
            }
            case Reservation.Make make -> taken(neutron.ports().create(make.attributes()), subnet, request.address());
        };
    }

    private IpAddress hold(Subnet subnet, Request.RequestAddress request) {
        return taken(neutron.ports().create(Ports.unbound(subnet, request.address())), subnet, request.address());
    }

    private IpAddress taken(Port port, Subnet subnet, Optional<IpAddress> wanted) {
        recent.mark(port.id().toString());
        return port.fixedIps().stream()
                .filter(ip -> ip.subnetId().equals(subnet.id()))
                .map(Port.FixedIp::ipAddress)
                .filter(ip -> wanted.map(ip::equals).orElse(true))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("port " + port.id() + " has no address of its subnet"));
    }

    private static Map<String, Object> address(IpAddress address, Subnet subnet) {
        String text = new AddressInSubnet(address, subnet.cidr().length()).toString();
        return Map.of("Address", text, "Data", Map.of());
    }

    void releaseAddress(Request.ReleaseAddress request) {
        Optional<Subnet> subnet = subnet(request.poolId());
        if (subnet.isEmpty()) {
            return;
        }
        List<Port> ofAddress = neutron.ports()
                .list(Query.where("network_id", subnet.get().networkId())
                        .and("fixed_ips", "ip_address=" + request.address()));
        switch (Ports.release(subnet.get(), request.address(), host, ofAddress)) {
            case Release.Nothing nothing -> {}
            case Release.Shrink shrink -> neutron.ports().update(shrink.port().id(), shrink.attributes());
            case Release.Remove remove -> neutron.ports().delete(remove.port().id());
            case Release.GiveBack back -> giveBack(neutron, back.port());
        }
    }

    /** Makes a port what it was before a container had it. */
    static void giveBack(NeutronClient neutron, Port port) {
        neutron.ports().update(port.id(), Ports.givenBack());
        port.tags().stream()
                .filter(ContainerLabels::isLabel)
                .forEach(tag -> neutron.ports().removeTag(port.id(), tag));
        neutron.ports().removeTag(port.id(), Labels.EXISTING_PORT);
    }

    private Optional<Subnet> subnet(String poolId) {
        if (poolId.startsWith(EXISTING)) {
            return neutron.subnets().find(uuid(poolId, poolId.substring(EXISTING.length())));
        }
        return neutron.subnets().list(Query.tagged(Labels.pool(uuid(poolId, poolId)))).stream()
                .findFirst();
    }

    private static UUID uuid(String poolId, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("pool '" + poolId + "' is none of this driver's");
        }
    }
}
