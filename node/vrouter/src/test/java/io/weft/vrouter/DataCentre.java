package io.weft.vrouter;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.fixture.PinDirectory;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.socket.TapDevice;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Hosts with a vRouter each, joined by a router, and guests in namespaces of their own. The tables are filled as an agent
 * would that has everything on every host.
 */
final class DataCentre implements AutoCloseable {
    /** A host with its vRouter. */
    record Site(int node, Host host, KernelVrouter vrouter, IpAddress tunnel, PinDirectory pins) {
        /** Who takes its packets to other sites. */
        IpAddress nextHop() {
            return tunnel.plus(-1);
        }
    }

    /** A workload. */
    record Guest(
            int number,
            String name,
            Site site,
            int network,
            MacAddress mac,
            IpAddress ipv4,
            IpAddress ipv6,
            Host inside,
            int ifindex,
            Set<Port.Flag> flags) {}

    /** A workload that is no namespace, and its end of the wire. */
    record TapGuest(Guest guest, TapDevice tap) {}

    /**
     * A router's interface.
     *
     * @param last its place in the subnets
     */
    record Gateway(int domain, int network, MacAddress mac, IpPrefix subnet4, IpPrefix subnet6, int last) {
        IpAddress ipv4() {
            return subnet4.first().plus(last);
        }

        IpAddress ipv6() {
            return subnet6.first().plus(last);
        }
    }

    private final Lab lab = new Lab();
    /** The rule set of guarded guests. */
    static final int RULES = 1;

    private final boolean ipv6;
    private final boolean guarded;
    private final Host fabric = lab.router("fabric");
    private final List<Site> sites = new ArrayList<>();
    private final List<Guest> guests = new ArrayList<>();
    private final List<Gateway> gateways = new ArrayList<>();
    private final Map<Integer, NetworkFacts> networks = new LinkedHashMap<>();

    /** An empty one whose underlay is of this family. */
    DataCentre(boolean ipv6) {
        this(ipv6, false);
    }

    /** An empty one, where all guests may have stateful rules that allow everything. */
    DataCentre(boolean ipv6, boolean guarded) {
        this.ipv6 = ipv6;
        this.guarded = guarded;
    }

    int mtu() {
        return ipv6 ? 1430 : 1450;
    }

    /** A host in an underlay subnet of its own. */
    Site site(String name) {
        return site(name, Sizes.small());
    }

    /** The same with room for what a test needs. */
    Site site(String name, Sizes sizes) {
        int node = sites.size() + 1;
        Host host = lab.host(name);
        String subnet = ipv6 ? "fd00:" + node + "::/64" : "192.168." + node + ".0/24";
        IpAddress tunnel =
                lab.underlay(fabric, "to-" + name, host, "uplink", subnet).getFirst();
        host.netlink().createVxlan(LinkEnd.of("tunnel"), Underlay.VXLAN_PORT);
        host.up("tunnel");
        PinDirectory pins = lab.closing(new PinDirectory());
        KernelVrouter vrouter = lab.closing(KernelVrouter.load(new Configuration(pins.path(), sizes)));
        Site site = new Site(node, host, vrouter, tunnel, pins);
        attach(site, vrouter);
        sites.add(site);
        IpAddress none4 = IpAddress.ofIpv4(0);
        vrouter.tables()
                .underlay()
                .put(
                        0,
                        new Underlay(
                                host.index("tunnel"),
                                host.index("uplink"),
                                1500,
                                ipv6 ? none4 : tunnel,
                                ipv6 ? tunnel : NextHop.ON_LINK));
        return site;
    }

    private static void attach(Site site, Vrouter vrouter) {
        site.host().namespace().run(() -> {
            vrouter.attachUplink(site.host().index("uplink"));
            vrouter.attachTunnelDevice(site.host().index("tunnel"));
        });
    }

    void network(int vni, boolean broadcast, boolean multicast, boolean learns) {
        networks.put(vni, new NetworkFacts(broadcast, multicast, learns, mtu()));
    }

    Gateway gateway(int domain, int network, String subnet4, String subnet6) {
        return gateway(domain, network, subnet4, subnet6, 1);
    }

    /** An interface of a router that is not the only one on its network. */
    Gateway gateway(int domain, int network, String subnet4, String subnet6, int last) {
        Gateway gateway = new Gateway(
                domain,
                network,
                new MacAddress(0xfa163e000000L | domain << 8 | gateways.size()),
                IpPrefix.parse(subnet4),
                IpPrefix.parse(subnet6),
                last);
        gateways.add(gateway);
        return gateway;
    }

    /** A guest with port security on a veth, its default routes by the gateway. */
    Guest guest(String name, Site site, Gateway gateway, int last) {
        return guest(
                name,
                site,
                gateway,
                last,
                EnumSet.of(Port.Flag.ADMIN_UP, Port.Flag.PORT_SECURITY, Port.Flag.PEER_REDIRECT));
    }

    /** A guest on a tap, which the test plays itself. */
    TapGuest tapGuest(String name, Site site, Gateway gateway, int last) {
        int number = guests.size() + 1;
        TapDevice tap = lab.closing(TapDevice.open(site.host().namespace(), "port" + number, false));
        site.host().up("port" + number);
        Guest guest = new Guest(
                number,
                name,
                site,
                gateway.network(),
                new MacAddress(0xfa163eaa0000L | number),
                gateway.subnet4().first().plus(last),
                gateway.subnet6().first().plus(last),
                site.host(),
                site.host().index("port" + number),
                EnumSet.of(Port.Flag.ADMIN_UP, Port.Flag.PORT_SECURITY));
        site.host().namespace().run(() -> site.vrouter().attachWorkload(guest.ifindex()));
        guests.add(guest);
        return new TapGuest(guest, tap);
    }

    Guest guest(String name, Site site, Gateway gateway, int last, Set<Port.Flag> flags) {
        int number = guests.size() + 1;
        Guest guest = new Guest(
                number,
                name,
                site,
                gateway.network(),
                new MacAddress(0xfa163eaa0000L | number),
                gateway.subnet4().first().plus(last),
                gateway.subnet6().first().plus(last),
                lab.host(name),
                0,
                flags);
        Guest plugged = plug(guest, site, gateway);
        guests.add(plugged);
        return plugged;
    }

    /** Gives a guest its device on a host. */
    private Guest plug(Guest guest, Site site, Gateway gateway) {
        String link = "port" + guest.number();
        Host inside = guest.inside();
        site.host().sysctl("ipv6/conf/default/disable_ipv6", "1");
        lab.connect(
                site.host(),
                LinkEnd.of(link),
                inside,
                LinkEnd.of("eth0").withMac(guest.mac()).withMtu(mtu()));
        inside.address("eth0", guest.ipv4() + "/24").address("eth0", guest.ipv6() + "/64");
        inside.route("0.0.0.0/0", gateway.ipv4().toString());
        inside.route("::/0", gateway.ipv6().toString());
        int ifindex = site.host().index(link);
        site.host().namespace().run(() -> site.vrouter().attachWorkload(ifindex));
        return new Guest(
                guest.number(),
                guest.name(),
                site,
                guest.network(),
                guest.mac(),
                guest.ipv4(),
                guest.ipv6(),
                inside,
                ifindex,
                guest.flags());
    }

    /** Takes a guest's device away and gives it one on another host, with the same addresses. What runs in it runs on. */
    Guest move(Guest guest, Site to, Gateway gateway) {
        Tables from = guest.site().vrouter().tables();
        Port port = from.ports().get(guest.ifindex()).orElseThrow();
        guest.site().host().netlink().deleteLink(guest.ifindex());
        from.ports().remove(guest.ifindex());
        Guest moved = plug(guest, to, gateway);
        guests.set(guests.indexOf(guest), moved);
        to.vrouter().tables().ports().put(moved.ifindex(), port);
        sites.forEach(site -> publishPlace(site, moved));
        return moved;
    }

    /** Fills the tables of all hosts. */
    DataCentre publish() {
        sites.forEach(this::publish);
        return this;
    }

    private void publish(Site site) {
        Tables tables = site.vrouter().tables();
        tables.networks().putAll(networks);
        allowEverything(tables);
        for (Site other : sites) {
            if (!other.equals(site)) {
                tables.nodes().put(other.node(), way(site, other));
                networks.keySet()
                        .forEach(vni ->
                                tables.tunnelSources().put(new TunnelSourceKey(other.tunnel(), vni), other.node()));
            }
        }
        for (Gateway gateway : gateways) {
            publish(tables, gateway);
        }
        Map<Integer, Integer> slots = new LinkedHashMap<>();
        for (int vni : networks.keySet()) {
            for (Site other : sites) {
                if (!other.equals(site)) {
                    tables.flood()
                            .put(
                                    new FloodKey(vni, FloodKey.List.EVERYONE, slots.merge(vni, 1, Integer::sum) - 1),
                                    Place.remote(other.node()));
                }
            }
        }
        for (Guest guest : guests) {
            if (guest.site().equals(site)) {
                tables.ports().put(guest.ifindex(), port(guest).withRules(guarded ? RULES : 0, 0));
                tables.flood()
                        .put(
                                new FloodKey(
                                        guest.network(),
                                        FloodKey.List.EVERYONE,
                                        slots.merge(guest.network(), 1, Integer::sum) - 1),
                                Place.local(guest.ifindex()));
            }
            publishPlace(site, guest);
        }
    }

    private static void publishPlace(Site site, Guest guest) {
        Tables tables = site.vrouter().tables();
        Place place = guest.site().equals(site)
                ? Place.local(guest.ifindex())
                : Place.remote(guest.site().node());
        tables.macs().put(new MacKey(guest.network(), guest.mac()), place);
        AddressOwner owner = new AddressOwner(guest.mac(), place);
        tables.addresses().put(new AddressKey(guest.network(), guest.ipv4()), owner);
        tables.addresses().put(new AddressKey(guest.network(), guest.ipv6()), owner);
    }

    Port port(Guest guest) {
        return new Port(guest.number(), guest.network(), guest.mac(), guest.flags(), mtu(), guest.ipv4(), guest.ipv6());
    }

    /** Puts a guest under a rule set. */
    void guard(Guest guest, int ruleSet) {
        guest.site().vrouter().tables().ports().put(guest.ifindex(), port(guest).withRules(ruleSet, 0));
    }

    private static void allowEverything(Tables tables) {
        tables.ruleSets().put(RULES, new RuleSet(1, false));
        for (PolicyKey.Direction direction : PolicyKey.Direction.values()) {
            for (IpFamily family : IpFamily.values()) {
                tables.policy()
                        .put(
                                PolicyKey.allPorts(RULES, 0, direction, family, PolicyKey.ANY_PROTOCOL),
                                new PolicyVerdict(true, true, 1, 1));
            }
        }
    }

    /** Every other site leaves it to the kernel to find the next hop. */
    private static NodeAddress way(Site from, Site to) {
        return from.node() % 2 == 1
                ? new NodeAddress(to.tunnel())
                : new NodeAddress(to.tunnel(), from.nextHop(), from.host().index("uplink"));
    }

    private void publish(Tables tables, Gateway gateway) {
        Place router = Place.router(gateway.domain());
        tables.macs().put(new MacKey(gateway.network(), gateway.mac()), router);
        AddressOwner owner = new AddressOwner(gateway.mac(), router);
        tables.addresses().put(new AddressKey(gateway.network(), gateway.ipv4()), owner);
        tables.addresses().put(new AddressKey(gateway.network(), gateway.ipv6()), owner);
        tables.routerInterfaces()
                .put(
                        new MacKey(gateway.network(), gateway.mac()),
                        new RouterInterface(gateway.domain(), mtu(), gateway.ipv4(), gateway.ipv6()));
        NextHop hop = new NextHop(gateway.network(), gateway.mac(), mtu(), NextHop.ON_LINK);
        tables.routes().put(new RouteKey(gateway.domain(), gateway.subnet4()), new Route.Connected(hop));
        tables.routes().put(new RouteKey(gateway.domain(), gateway.subnet6()), new Route.Connected(hop));
    }

    /** Lets guests of one network share addresses, as allowed address pairs on their own MACs do. */
    void share(String prefix, Guest... owners) {
        IpPrefix shared = IpPrefix.parse(prefix);
        int network = owners[0].network();
        for (Site site : sites) {
            Tables tables = site.vrouter().tables();
            tables.sharedAddresses().put(new SharedAddressKey(network, shared), 1);
            int slot = 0;
            for (Guest owner : owners) {
                boolean here = owner.site().equals(site);
                tables.flood()
                        .put(
                                new FloodKey(network, FloodKey.List.CANDIDATES, slot++),
                                here
                                        ? Place.local(owner.ifindex())
                                        : Place.remote(owner.site().node()));
                if (here) {
                    tables.portAddresses()
                            .put(new PortAddressKey(owner.number(), owner.mac(), shared), PortAddress.SHARED);
                }
            }
        }
    }

    List<Guest> guests() {
        return guests;
    }

    List<Site> sites() {
        return sites;
    }

    Host fabric() {
        return fabric;
    }

    Lab lab() {
        return lab;
    }

    /** What a guest's port has dropped, for messages of failed tests. */
    String drops() {
        StringBuilder text = new StringBuilder();
        for (Site site : sites) {
            text.append(site.host().name())
                    .append(' ')
                    .append(site.vrouter().counters(0).drops())
                    .append('\n');
        }
        for (Guest guest : guests) {
            text.append(guest.name())
                    .append(' ')
                    .append(guest.site().vrouter().counters(guest.number()))
                    .append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        lab.close();
    }
}
