package io.weft.vrouter;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.util.ArrayList;
import java.util.List;

/**
 * An external network: a bridge in a namespace of its own that is also the router outside, and sites that are joined to it.
 * Beyond it lies a host behind a link with a smaller MTU.
 */
final class Outside {
    static final int VNI = 900;
    static final int MTU = 1500;
    static final IpAddress ROUTER4 = IpAddress.parse("203.0.113.1");
    static final IpAddress ROUTER6 = IpAddress.parse("2001:db8:f::1");
    static final IpAddress BEYOND = IpAddress.parse("198.51.100.2");
    static final IpPrefix SUBNET4 = IpPrefix.parse("203.0.113.0/24");
    static final IpPrefix SUBNET6 = IpPrefix.parse("2001:db8:f::/64");

    private final DataCentre centre;
    private final Host router;
    private final Host beyond;
    private final List<Site> joined = new ArrayList<>();

    Outside(DataCentre centre) {
        this.centre = centre;
        router = centre.lab().router("outside");
        router.netlink().createBridge(LinkEnd.of("segment"));
        router.up("segment").address("segment", ROUTER4 + "/24").address("segment", ROUTER6 + "/64");
        beyond = centre.lab().host("beyond");
        centre.lab()
                .connect(
                        router,
                        LinkEnd.of("narrow").withMtu(1300),
                        beyond,
                        LinkEnd.of("eth0").withMtu(1300));
        router.address("narrow", "198.51.100.1/24");
        beyond.address("eth0", BEYOND + "/24").route("0.0.0.0/0", "198.51.100.1");
    }

    Host router() {
        return router;
    }

    Host beyond() {
        return beyond;
    }

    /** Gives a site a device into the segment. */
    void join(Site site) {
        centre.lab().connect(router, "to-ext" + site.node(), site.host(), "external");
        router.netlink().setMaster(router.index("to-ext" + site.node()), router.index("segment"));
        int device = site.host().index("external");
        site.host().namespace().run(() -> site.vrouter().attachExternal(device));
        site.vrouter().tables().externalNetworks().put(VNI, new ExternalNetwork(device, MTU));
        site.vrouter().tables().externalDevices().put(device, VNI);
        joined.add(site);
    }

    static MacAddress gatewayMac(int domain) {
        return new MacAddress(0xfa163eee0000L | domain);
    }

    static int transit(int domain) {
        return 9000 + domain;
    }

    /** Leads a domain out, its own address the last byte of the segment's, and one site its gateway node. */
    IpAddress gateway(Gateway inside, int last, Site gatewayNode, boolean snat) {
        int domain = inside.domain();
        MacAddress mac = gatewayMac(domain);
        IpAddress own4 = SUBNET4.first().plus(last);
        IpAddress own6 = SUBNET6.first().plus(last);
        for (Site site : centre.sites()) {
            Tables tables = site.vrouter().tables();
            boolean here = site.equals(gatewayNode);
            Place place = here ? DomainGateway.HERE : Place.remote(gatewayNode.node());
            route(tables, domain, "0.0.0.0/0", ROUTER4);
            route(tables, domain, "::/0", ROUTER6);
            route(tables, domain, SUBNET4.toString(), NextHop.ON_LINK);
            route(tables, domain, SUBNET6.toString(), NextHop.ON_LINK);
            tables.routerInterfaces().put(new MacKey(VNI, mac), new RouterInterface(domain, MTU, own4, own6));
            if (here) {
                tables.externalAddresses().put(new AddressKey(VNI, own4), ExternalAddress.own(domain, mac));
                tables.externalAddresses().put(new AddressKey(VNI, own6), ExternalAddress.own(domain, mac));
                tables.macs().put(new MacKey(transit(domain), mac), Place.router(domain));
                for (Site other : centre.sites()) {
                    if (!other.equals(site)) {
                        tables.tunnelSources().put(new TunnelSourceKey(other.tunnel(), transit(domain)), other.node());
                    }
                }
            }
            for (Site other : centre.sites()) {
                tables.underlayAddresses().put(other.tunnel(), 1);
            }
            tables.gateways().put(domain, new DomainGateway(VNI, transit(domain), place, mac, snat, own4));
        }
        return own4;
    }

    private static void route(Tables tables, int domain, String prefix, IpAddress hop) {
        tables.routes()
                .put(
                        new RouteKey(domain, IpPrefix.parse(prefix)),
                        new Route.External(new NextHop(VNI, gatewayMac(domain), MTU, hop)));
    }

    /** Gives a guest a floating address, which this site translates. */
    IpAddress floating(Gateway inside, Guest guest, int last, Site translator) {
        IpAddress address = SUBNET4.first().plus(last);
        Tables tables = translator.vrouter().tables();
        tables.floatingAddresses().put(new FloatingKey(inside.domain(), guest.ipv4()), address);
        tables.externalAddresses()
                .put(
                        new AddressKey(VNI, address),
                        new ExternalAddress(inside.domain(), guest.ipv4(), new MacAddress(0xfa163eff0000L | last)));
        return address;
    }

    /** Forwards a port of an address of the segment. */
    IpAddress forward(Gateway inside, int last, int port, Guest guest, int to, Site translator) {
        IpAddress address = SUBNET4.first().plus(last);
        Tables tables = translator.vrouter().tables();
        tables.externalAddresses()
                .put(
                        new AddressKey(VNI, address),
                        ExternalAddress.own(inside.domain(), new MacAddress(0xfa163eff0000L | last)));
        for (int protocol : new int[] {Packets.TCP, Packets.UDP}) {
            tables.portForwardings()
                    .put(
                            new PortForwardingKey(VNI, address, protocol, port, 16),
                            new PortForwarding(inside.domain(), guest.ipv4(), to - port & 0xffff));
        }
        return address;
    }
}
