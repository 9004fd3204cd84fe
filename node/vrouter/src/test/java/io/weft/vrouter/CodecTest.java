package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:01:02:03");
    private static final IpAddress IPV4 = IpAddress.parse("10.1.2.3");
    private static final IpAddress IPV6 = IpAddress.parse("2001:db8::1");

    private static <T> void returns(Codec<T> codec, T value) {
        assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    }

    @Test
    void everyRecordReturnsFromItsBytes() {
        returns(
                Port.CODEC,
                new Port(7, 5001, MAC, Set.of(Port.Flag.ADMIN_UP, Port.Flag.PEER_REDIRECT), 1450, IPV4, IPV6));
        returns(Port.CODEC, new Port(7, 5001, MAC, Set.of(), 1450, IPV4, IPV6).withRules(12, 34));
        returns(PeerClassKey.CODEC, new PeerClassKey(34, IpPrefix.parse("10.1.0.0/16")));
        returns(PeerClassKey.CODEC, new PeerClassKey(34, IpPrefix.parse("::/0")));
        returns(
                PolicyKey.CODEC,
                new PolicyKey(12, 3, PolicyKey.Direction.INGRESS, IpFamily.IPV6, PolicyKey.ANY_PROTOCOL, 0xfff0, 12));
        returns(PolicyKey.CODEC, PolicyKey.allPorts(12, 0, PolicyKey.Direction.EGRESS, IpFamily.IPV4, 6));
        returns(PolicyVerdict.CODEC, new PolicyVerdict(true, false, 65535, 77));
        returns(PolicyVerdict.CODEC, new PolicyVerdict(false, true, 0, 0));
        returns(RuleSet.CODEC, new RuleSet(5, true));
        returns(PolicyNumber.CODEC, new PolicyNumber(PolicyNumber.Kind.RULE, 77));
        returns(PolicyNumber.NAME, new UUID(1, 2));
        returns(PortAddressKey.CODEC, new PortAddressKey(7, MAC, IpPrefix.parse("10.1.0.0/16")));
        returns(PortAddressKey.CODEC, new PortAddressKey(7, MAC, IpPrefix.parse("2001:db8::/64")));
        returns(PortAddress.CODEC, PortAddress.SHARED);
        returns(NetworkFacts.CODEC, new NetworkFacts(true, false, true, 1450));
        returns(MacKey.CODEC, new MacKey(5001, MAC));
        returns(AddressKey.CODEC, new AddressKey(5001, IPV4));
        returns(AddressOwner.CODEC, new AddressOwner(MAC, Place.remote(3).asShared()));
        returns(SharedAddressKey.CODEC, new SharedAddressKey(5001, IpPrefix.parse("10.1.2.3/32")));
        returns(RouterInterface.CODEC, new RouterInterface(9, 1450, IPV4, IPV6));
        returns(RouteKey.CODEC, new RouteKey(9, IpPrefix.parse("0.0.0.0/0")));
        returns(RouteKey.CODEC, new RouteKey(9, IpPrefix.parse("::/0")));
        NextHop hop = new NextHop(5002, MAC, 1450, NextHop.ON_LINK);
        returns(NextHop.CODEC, hop);
        returns(Route.CODEC, new Route.Connected(hop));
        returns(Route.CODEC, new Route.Via(new NextHop(5002, MAC, 1450, IPV4)));
        returns(Route.CODEC, new Route.Group(4, 3));
        returns(Route.CODEC, new Route.ExternalGroup(4, 3));
        returns(Route.CODEC, new Route.Blackhole());
        returns(GroupMemberKey.CODEC, new GroupMemberKey(4, 2));
        returns(NodeAddress.CODEC, new NodeAddress(IPV6));
        returns(NodeAddress.CODEC, new NodeAddress(IPV4, IPV6, 7));
        returns(TunnelSourceKey.CODEC, new TunnelSourceKey(IPV4, 5001));
        returns(FloodKey.CODEC, new FloodKey(5001, FloodKey.List.CANDIDATES, 12));
        returns(
                QosLimits.CODEC,
                new QosLimits(
                        9,
                        Optional.of(46),
                        QosLimits.PacketRate.of(1000, 800),
                        new QosLimits.PacketRate(Long.MAX_VALUE, 3)));
        returns(
                QosLimits.CODEC,
                new QosLimits(0, Optional.empty(), QosLimits.PacketRate.UNLIMITED, QosLimits.PacketRate.UNLIMITED));
        returns(
                AddressLimits.CODEC,
                new AddressLimits(
                        9,
                        8,
                        Optional.of(46),
                        QosLimits.PacketRate.of(1000, 800),
                        new QosLimits.PacketRate(Long.MAX_VALUE, 3)));
        returns(Services.CODEC, new Services(12));
        returns(Tag.CODEC, new Tag(12, 4094));
        returns(Subport.CODEC, new Subport(new Tag(12, 4094), 13));
        returns(ServiceClientKey.CODEC, new ServiceClientKey(7, IPV4));
        returns(ServiceClientKey.VALUE, IPV6);
        returns(ServiceAddress.CODEC, new ServiceAddress(12, IPV6));
        returns(ListenerKey.CODEC, new ListenerKey(5001, IPV4, 17, 53));
        returns(Listener.CODEC, new Listener(Optional.of(new UUID(1, 2)), 10_800, true, IPV6));
        returns(Listener.CODEC, new Listener(Optional.empty(), 0, false, IPV4));
        ListenerKey listener = new ListenerKey(7, IPV4, 6, 443);
        returns(AllowedCallerKey.CODEC, new AllowedCallerKey(listener, IpPrefix.parse("192.0.2.0/25")));
        returns(AllowedCallerKey.CODEC, new AllowedCallerKey(listener, IpPrefix.parse("0.0.0.0/0")));
        returns(AllowedCallerKey.CODEC, new AllowedCallerKey(listener, IpPrefix.parse("2001:db8::/33")));
        returns(PoolKey.CODEC, new PoolKey(new UUID(1, 2), IpFamily.IPV6));
        returns(
                Pool.CODEC,
                new Pool(Map.of(0, new Pool.Member(IPV4, 8080, 256), 255, new Pool.Member(IPV6, 65535, 0))));
        returns(
                ConnectionKey.CODEC,
                new ConnectionKey(7, 6, IPV4, 40000, IPV4.plus(1), 80, false, ConnectionKey.Role.FROM_MEMBER));
        returns(LearnedMac.CODEC, new LearnedMac(Place.local(4), 123));
        returns(LearnedAddress.CODEC, new LearnedAddress(MAC, Place.remote(4), 123));
        returns(Route.CODEC, new Route.External(new NextHop(5003, MAC, 1500, IPV4)));
        returns(ExternalNetwork.CODEC, new ExternalNetwork(4, 1500));
        returns(ExternalAddress.CODEC, new ExternalAddress(9, IPV4, MAC));
        returns(ExternalAddress.CODEC, new ExternalAddress(9, IPV4, MAC).withLimits(40_000));
        returns(ExternalAddress.CODEC, ExternalAddress.own(9, MAC));
        returns(FloatingKey.CODEC, new FloatingKey(9, IPV4));
        returns(FloatingKey.VALUE, IPV4);
        returns(DomainGateway.CODEC, new DomainGateway(5003, 5004, DomainGateway.HERE, MAC, true, IPV4));
        returns(DomainGateway.CODEC, new DomainGateway(5003, 5004, Place.remote(3), MAC, false, IPV4));
        DomainGateway second = new DomainGateway(5003, 5004, Place.remote(3), MAC, false, IPV4, true);
        returns(FurtherGatewayKey.CODEC, new FurtherGatewayKey(7, 5003));
        returns(FurtherGateway.CODEC, new FurtherGateway(second, IPV4, 1400));
        returns(SourceGatewayKey.CODEC, new SourceGatewayKey(7, IPV4, 6, 8080, 12));
        returns(SourceGatewayKey.CODEC, SourceGatewayKey.all(7, IPV4));
        returns(NetworkScopeKey.CODEC, new NetworkScopeKey(5003, IpFamily.IPV6));
        returns(PortForwardingKey.CODEC, new PortForwardingKey(5003, IPV4, 6, 0xff00, 8));
        returns(PortForwarding.CODEC, new PortForwarding(9, IPV4, 0xffff));
        returns(Neighbour.CODEC, new Neighbour(MAC, 123, 456));
        returns(TranslationKey.CODEC, new TranslationKey(9, IPV4, IPV4.plus(1), 40000, 443, 6, false));
        returns(Translation.CODEC, new Translation(5003, IPV4, 65535, Connection.State.ESTABLISHED, 3, 77));
        returns(Underlay.CODEC, new Underlay(4, 5, 1500, IPV4, IPV6));
    }

    @Test
    void anIpv4AddressIsMappedIntoIpv6() {
        assertThat(NodeAddress.CODEC.encode(new NodeAddress(IPV4)))
                .startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3);
    }

    @Test
    void aPrefixCountsTheBitsBeforeItsAddress() {
        assertThat(RouteKey.CODEC.encode(new RouteKey(1, IpPrefix.parse("10.0.0.0/8")))[0])
                .isEqualTo((byte) (64 + 96 + 8));
        assertThat(PortAddressKey.CODEC.encode(new PortAddressKey(1, MAC, IpPrefix.parse("fd00::/8")))[0])
                .isEqualTo((byte) (96 + 8));
    }
}
