package io.weft.docker.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.docker.protocol.Request.AddressInSubnet;
import io.weft.docker.protocol.Request.PublishedPort;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What Docker 20.10.24 sent, word for word, and what it could send. */
class RecordedRequestsTest {
    private static final String NETWORK = "0ea1484534f560d87d3837bb6cfb491b99e5710cef7b1d9d7ab93f39fe728505";
    private static final String ENDPOINT = "e691a091edac2c68006d7955d05f03657a0b8a4251c383ee9d7777e6e77a8d06";

    private static Request read(String path, String body) {
        return Protocol.read(path, body.getBytes(StandardCharsets.UTF_8));
    }

    private static AddressInSubnet in(String address, int length) {
        return new AddressInSubnet(IpAddress.parse(address), length);
    }

    @Test
    void aPoolWithARangeAndOptions() {
        assertThat(read("/IpamDriver.RequestPool", """
                        {"AddressSpace": "weft-local", "Pool": "10.7.0.0/24", "SubPool": "10.7.0.128/25",
                         "Options": {"k": "v"}, "V6": false}"""))
                .isEqualTo(new Request.RequestPool(
                        "weft-local",
                        Optional.of(IpPrefix.parse("10.7.0.0/24")),
                        Optional.of(IpPrefix.parse("10.7.0.128/25")),
                        IpFamily.IPV4,
                        Map.of("k", "v")));
    }

    @Test
    void aPoolOfAnyPrefix() {
        assertThat(read("/IpamDriver.RequestPool", """
                        {"AddressSpace": "weft-local", "Pool": "", "SubPool": "", "Options": {}, "V6": true}"""))
                .isEqualTo(new Request.RequestPool(
                        "weft-local", Optional.empty(), Optional.empty(), IpFamily.IPV6, Map.of()));
    }

    @Test
    void addressesOfGatewaysOfOthersAndOfContainers() {
        assertThat(read("/IpamDriver.RequestAddress", """
                        {"PoolID": "p", "Address": "", "Options": {"RequestAddressType": "com.docker.network.gateway"}}"""))
                .isEqualTo(new Request.RequestAddress("p", Optional.empty(), true, Optional.empty()));
        assertThat(read("/IpamDriver.RequestAddress", """
                        {"PoolID": "p", "Address": "10.7.0.3", "Options": null}"""))
                .isEqualTo(new Request.RequestAddress(
                        "p", Optional.of(IpAddress.parse("10.7.0.3")), false, Optional.empty()));
        assertThat(read("/IpamDriver.RequestAddress", """
                        {"PoolID": "p", "Address": "fd00:7::20",
                         "Options": {"com.docker.network.endpoint.macaddress": "02:00:00:00:00:77"}}"""))
                .isEqualTo(new Request.RequestAddress(
                        "p",
                        Optional.of(IpAddress.parse("fd00:7::20")),
                        false,
                        Optional.of(MacAddress.parse("02:00:00:00:00:77"))));
    }

    @Test
    void aNetworkWithBothFamilies() {
        Request.CreateNetwork network =
                (Request.CreateNetwork) read("/NetworkDriver.CreateNetwork", """
                {"NetworkID": "%s", "Options": {"com.docker.network.enable_ipv6": true,
                  "com.docker.network.generic": {"com.docker.network.driver.mtu": "1400", "neutron.net.name": "foo"},
                  "com.docker.network.internal": true},
                 "IPv4Data": [{"AddressSpace": "weft-local", "AuxAddresses": {"a": "10.7.0.3/24"},
                   "Gateway": "10.7.0.254/24", "Pool": "10.7.0.0/24"}],
                 "IPv6Data": [{"AddressSpace": "weft-local", "Gateway": "fd00:7::99/64", "Pool": "fd00:7::/64"}]}""".formatted(NETWORK));
        assertThat(network.options())
                .containsOnly(Map.entry("com.docker.network.driver.mtu", "1400"), Map.entry("neutron.net.name", "foo"));
        assertThat(network.internal()).isTrue();
        assertThat(network.subnets())
                .containsExactly(
                        new Request.Subnet(
                                "weft-local",
                                IpPrefix.parse("10.7.0.0/24"),
                                Optional.of(in("10.7.0.254", 24)),
                                Map.of("a", in("10.7.0.3", 24))),
                        new Request.Subnet(
                                "weft-local",
                                IpPrefix.parse("fd00:7::/64"),
                                Optional.of(in("fd00:7::99", 64)),
                                Map.of()));
    }

    @Test
    void aSwarmsShorterIdentifiers() {
        assertThat(read("/NetworkDriver.FreeNetwork", """
                        {"NetworkID": "x1y2z3a4b5c6d7e8f9g0h1i2j"}"""))
                .isEqualTo(new Request.FreeNetwork("x1y2z3a4b5c6d7e8f9g0h1i2j"));
    }

    @Test
    void anEndpointWhoseMacComesInTwoForms() {
        assertThat(read("/NetworkDriver.CreateEndpoint", """
                        {"NetworkID": "%s", "EndpointID": "%s",
                         "Interface": {"Address": "10.7.0.20/24", "AddressIPv6": "fd00:7::20/64",
                           "MacAddress": "02:00:00:00:00:77"},
                         "Options": {"com.docker.network.endpoint.macaddress": "AgAAAAB3", "weft.tags": "a",
                           "com.docker.network.portmap": []}}""".formatted(NETWORK, ENDPOINT)))
                .isEqualTo(new Request.CreateEndpoint(
                        NETWORK,
                        ENDPOINT,
                        List.of(in("10.7.0.20", 24), in("fd00:7::20", 64)),
                        Optional.of(MacAddress.parse("02:00:00:00:00:77")),
                        Map.of("com.docker.network.endpoint.macaddress", "AgAAAAB3", "weft.tags", "a")));
    }

    @Test
    void publishedPorts() {
        assertThat(read("/NetworkDriver.ProgramExternalConnectivity", """
                        {"NetworkID": "%s", "EndpointID": "%s", "Options": {
                          "com.docker.network.endpoint.exposedports": [{"Proto": 6, "Port": 80}],
                          "com.docker.network.portmap": [{"Proto": 6, "IP": "", "Port": 80, "HostIP": "",
                            "HostPort": 8080, "HostPortEnd": 8080}]}}""".formatted(NETWORK, ENDPOINT)))
                .isEqualTo(new Request.ProgramExternalConnectivity(
                        NETWORK, ENDPOINT, List.of(new PublishedPort(6, Optional.empty(), 80, 8080, 8080))));
    }

    @Test
    void methodsWithoutArgumentsComeWithAnEmptyBodyOrNull() {
        assertThat(read("/Plugin.Activate", "")).isEqualTo(new Request.Activate());
        assertThat(read("/IpamDriver.GetDefaultAddressSpaces", "null")).isEqualTo(new Request.DefaultAddressSpaces());
    }

    @Test
    void whatIsWrongIsNamedWithItsField() {
        refuses("/NetworkDriver.Join", "{\"NetworkID\": \"" + NETWORK + "\"}", "EndpointID is needed");
        refuses(
                "/NetworkDriver.DeleteNetwork",
                "{\"NetworkID\": \"../../etc/passwd\"}",
                "NetworkID: '../../etc/passwd' is no identifier of 12 to 64 letters and digits");
        refuses("/IpamDriver.ReleaseAddress", "{\"PoolID\": \"p\"}", "Address is needed");
        refuses("/NetworkDriver.CreateNetwork", "[1]", "a JSON object is needed");
        refuses("/VolumeDriver.Create", "{}", "there is no method '/VolumeDriver.Create'");
        refuses(
                "/NetworkDriver.ProgramExternalConnectivity",
                """
                {"NetworkID": "%s", "EndpointID": "%s",
                 "Options": {"com.docker.network.portmap": [{"Proto": 6, "Port": 70000}]}}""".formatted(NETWORK, ENDPOINT),
                "Port must be a number from 1 to 65535");
    }

    private static void refuses(String path, String body, String reason) {
        assertThatThrownBy(() -> read(path, body))
                .isInstanceOf(ProtocolException.class)
                .hasMessage(reason);
    }

    @Test
    void hostileBytesAreRefusedAndNothingElseHappens() {
        Random random = new Random(7);
        byte[] good = """
                {"NetworkID":"%s","Options":{"com.docker.network.generic":{"a":"b"}},"IPv4Data":[
                 {"AddressSpace":"weft-local","Pool":"10.0.0.0/24","Gateway":"10.0.0.1/24"}]}""".formatted(NETWORK).getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Protocol.read("/NetworkDriver.CreateNetwork", bytes)).isNotNull();
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void theAnswerToAJoinKeepsTheEnginesOwnGatewayOut() {
        assertThat(new Protocol.Interface(
                                "wd1",
                                "eth",
                                Optional.of("10.0.0.1"),
                                Optional.empty(),
                                List.of(new Protocol.StaticRoute("10.9.0.0/16", "10.0.0.9")))
                        .answer())
                .isEqualTo(Map.of(
                        "InterfaceName",
                        Map.of("SrcName", "wd1", "DstPrefix", "eth"),
                        "Gateway",
                        "10.0.0.1",
                        "StaticRoutes",
                        List.of(Map.of("Destination", "10.9.0.0/16", "RouteType", 0, "NextHop", "10.0.0.9")),
                        "DisableGatewayService",
                        true));
    }
}
