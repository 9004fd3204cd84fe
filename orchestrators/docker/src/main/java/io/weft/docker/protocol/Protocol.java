package io.weft.docker.protocol;

import io.weft.docker.protocol.Request.AddressInSubnet;
import io.weft.docker.protocol.Request.PublishedPort;
import io.weft.docker.protocol.Request.Subnet;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads requests and writes answers. */
public final class Protocol {
    /** The address space of networks that are one engine's own. */
    public static final String LOCAL_SPACE = "weft-local";

    /** The address space of networks that all engines of a cluster know. */
    public static final String GLOBAL_SPACE = "weft-global";

    private static final String GENERIC = "com.docker.network.generic";
    private static final String INTERNAL = "com.docker.network.internal";
    private static final String PORT_MAP = "com.docker.network.portmap";
    private static final String MAC = "com.docker.network.endpoint.macaddress";
    private static final String ADDRESS_TYPE = "RequestAddressType";

    /** The key of a gateway in what {@link Request.RequestPool} is answered, and the type of a request for one. */
    public static final String GATEWAY = "com.docker.network.gateway";

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(65_536)
                            .build())
                    .build())
            .build();

    private static final Map<String, Function<Fields, Request>> READERS = readers();

    private Protocol() {}

    /**
     * Reads what was posted to a path such as {@code /NetworkDriver.Join}.
     *
     * @throws ProtocolException naming what is wrong
     */
    public static Request read(String path, byte[] body) {
        Function<Fields, Request> reader = READERS.get(path);
        if (reader == null) {
            throw new ProtocolException("there is no method " + Text.shown(path));
        }
        JsonNode tree;
        try {
            // Methods without arguments come with an empty body, or with the JSON value null.
            tree = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JacksonException e) {
            throw new ProtocolException("the body is no JSON: " + e.getOriginalMessage());
        }
        return reader.apply(new Fields(tree.isNull() ? JSON.createObjectNode() : tree));
    }

    /** An answer as bytes. */
    public static byte[] write(Map<String, ?> answer) {
        return JSON.writeValueAsBytes(answer);
    }

    private static Map<String, Function<Fields, Request>> readers() {
        Map<String, Function<Fields, Request>> all = new LinkedHashMap<>();
        all.put("/Plugin.Activate", f -> new Request.Activate());
        all.put("/NetworkDriver.GetCapabilities", f -> new Request.NetworkCapabilities());
        all.put("/NetworkDriver.CreateNetwork", Protocol::createNetwork);
        all.put("/NetworkDriver.DeleteNetwork", f -> new Request.DeleteNetwork(f.id("NetworkID")));
        all.put(
                "/NetworkDriver.AllocateNetwork",
                f -> new Request.AllocateNetwork(f.id("NetworkID"), f.texts("Options"), subnets(f)));
        all.put("/NetworkDriver.FreeNetwork", f -> new Request.FreeNetwork(f.id("NetworkID")));
        all.put("/NetworkDriver.CreateEndpoint", Protocol::createEndpoint);
        all.put("/NetworkDriver.EndpointOperInfo", f -> new Request.EndpointInfo(network(f), endpoint(f)));
        all.put("/NetworkDriver.DeleteEndpoint", f -> new Request.DeleteEndpoint(network(f), endpoint(f)));
        all.put("/NetworkDriver.Join", f -> new Request.Join(network(f), endpoint(f)));
        all.put("/NetworkDriver.Leave", f -> new Request.Leave(network(f), endpoint(f)));
        all.put(
                "/NetworkDriver.ProgramExternalConnectivity",
                f -> new Request.ProgramExternalConnectivity(network(f), endpoint(f), published(f)));
        all.put(
                "/NetworkDriver.RevokeExternalConnectivity",
                f -> new Request.RevokeExternalConnectivity(network(f), endpoint(f)));
        all.put("/NetworkDriver.DiscoverNew", f -> new Request.Discovery());
        all.put("/NetworkDriver.DiscoverDelete", f -> new Request.Discovery());
        all.put("/IpamDriver.GetCapabilities", f -> new Request.IpamCapabilities());
        all.put("/IpamDriver.GetDefaultAddressSpaces", f -> new Request.DefaultAddressSpaces());
        all.put("/IpamDriver.RequestPool", Protocol::requestPool);
        all.put("/IpamDriver.ReleasePool", f -> new Request.ReleasePool(f.text("PoolID")));
        all.put("/IpamDriver.RequestAddress", Protocol::requestAddress);
        all.put(
                "/IpamDriver.ReleaseAddress",
                f -> new Request.ReleaseAddress(
                        f.text("PoolID"),
                        f.address("Address").orElseThrow(() -> new ProtocolException("Address is needed"))));
        return Map.copyOf(all);
    }

    private static String network(Fields fields) {
        return fields.id("NetworkID");
    }

    private static String endpoint(Fields fields) {
        return fields.id("EndpointID");
    }

    private static Request createNetwork(Fields fields) {
        Fields options = fields.object("Options");
        return new Request.CreateNetwork(
                network(fields), options.texts(GENERIC), options.flag(INTERNAL), subnets(fields));
    }

    private static List<Subnet> subnets(Fields fields) {
        List<Subnet> subnets = new ArrayList<>();
        for (String family : List.of("IPv4Data", "IPv6Data")) {
            for (Fields data : fields.objects(family)) {
                Map<String, AddressInSubnet> auxiliary = new LinkedHashMap<>();
                Fields given = data.object("AuxAddresses");
                given.names().forEach(name -> given.inSubnet(name).ifPresent(a -> auxiliary.put(name, a)));
                subnets.add(new Subnet(
                        data.textOr("AddressSpace", ""),
                        data.prefix("Pool").orElseThrow(() -> new ProtocolException(family + ": Pool is needed")),
                        data.inSubnet("Gateway"),
                        Map.copyOf(auxiliary)));
            }
        }
        return List.copyOf(subnets);
    }

    private static Request createEndpoint(Fields fields) {
        Fields given = fields.object("Interface");
        List<AddressInSubnet> addresses = new ArrayList<>();
        given.inSubnet("Address").ifPresent(addresses::add);
        given.inSubnet("AddressIPv6").ifPresent(addresses::add);
        return new Request.CreateEndpoint(
                network(fields),
                endpoint(fields),
                List.copyOf(addresses),
                given.mac("MacAddress"),
                fields.texts("Options"));
    }

    private static List<PublishedPort> published(Fields fields) {
        List<PublishedPort> ports = new ArrayList<>();
        for (Fields port : fields.object("Options").objects(PORT_MAP)) {
            int first = port.number("HostPort", 0, 65_535);
            ports.add(new PublishedPort(
                    port.number("Proto", 0, 255),
                    port.address("HostIP"),
                    port.number("Port", 1, 65_535),
                    first,
                    Math.max(first, port.number("HostPortEnd", 0, 65_535))));
        }
        return List.copyOf(ports);
    }

    private static Request requestPool(Fields fields) {
        return new Request.RequestPool(
                fields.textOr("AddressSpace", ""),
                fields.prefix("Pool"),
                fields.prefix("SubPool"),
                fields.flag("V6") ? IpFamily.IPV6 : IpFamily.IPV4,
                fields.texts("Options"));
    }

    private static Request requestAddress(Fields fields) {
        Fields options = fields.object("Options");
        return new Request.RequestAddress(
                fields.text("PoolID"),
                fields.address("Address"),
                options.textOr(ADDRESS_TYPE, "").equals(GATEWAY),
                options.mac(MAC));
    }

    /** The answer to a request that had nothing to give. */
    public static Map<String, Object> done() {
        return Map.of();
    }

    /** The answer that says why a request was not done. */
    public static Map<String, Object> refused(String reason) {
        return Map.of("Err", reason);
    }

    /** What this driver gives a container's sandbox. */
    public record Interface(
            String device,
            String prefix,
            Optional<String> gateway4,
            Optional<String> gateway6,
            List<StaticRoute> routes) {
        /**
         * The answer to {@link Request.Join}. The engine must not lead the container out by a bridge of its own where the
         * network has no way out.
         */
        public Map<String, Object> answer() {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("InterfaceName", Map.of("SrcName", device, "DstPrefix", prefix));
            gateway4.ifPresent(g -> answer.put("Gateway", g));
            gateway6.ifPresent(g -> answer.put("GatewayIPv6", g));
            answer.put("StaticRoutes", routes.stream().map(StaticRoute::answer).toList());
            answer.put("DisableGatewayService", true);
            return answer;
        }
    }

    /** A route of a container's, over a neighbour. */
    public record StaticRoute(String destination, String nextHop) {
        Map<String, Object> answer() {
            return Map.of("Destination", destination, "RouteType", 0, "NextHop", nextHop);
        }
    }
}
