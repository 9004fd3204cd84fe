package io.weft.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes networks and ports through the API, ports in bulk. Ports are in the default security group of their project, whose
 * members may talk to each other.
 */
final class Population {
    /** Ports of one request: what one transaction may hold. */
    static final int BULK = 200;

    private static final int CLIENTS = 4;
    private static final int DELETERS = 16;

    private final URI server;
    private final String project;

    private Population(URI server, String project) {
        this.server = server;
        this.project = project;
    }

    /** Begins with a project that may have as much as is needed. */
    static Population of(URI server, String project) throws IOException {
        try (HttpConnection api = HttpConnection.toApi(server, project)) {
            allow(api, project);
        }
        return new Population(server, project);
    }

    private static void allow(HttpConnection api, String owner) throws IOException {
        api.expect(
                200,
                "PUT",
                "/v2.0/quotas/" + owner,
                "{\"quota\":{\"port\":10000000,\"network\":100000,\"subnet\":100000,\"router\":1000}}");
    }

    /**
     * A network.
     *
     * @param id its id
     * @param subnet the id of its subnet
     */
    record Network(String id, String subnet) {}

    /** Makes a network with a subnet. */
    Network network(String cidr) throws IOException {
        try (HttpConnection api = HttpConnection.toApi(server, project)) {
            return network(api, project, cidr);
        }
    }

    private static Network network(HttpConnection api, String owner, String cidr) throws IOException {
        String id = api.expect(
                        201,
                        "POST",
                        "/v2.0/networks",
                        "{\"network\":{\"project_id\":\"" + owner + "\",\"name\":\"bench\"}}")
                .id();
        String subnet = api.expect(
                        201,
                        "POST",
                        "/v2.0/subnets",
                        "{\"subnet\":{\"project_id\":\"" + owner + "\",\"network_id\":\"" + id
                                + "\",\"ip_version\":4,\"cidr\":\"" + cidr + "\"}}")
                .id();
        return new Network(id, subnet);
    }

    /**
     * Makes networks with a subnet each, and so many ports on each.
     *
     * @param first the number of the first one
     * @param owners by a network's number, whose it is and its ports
     * @param hosts by a network's number, where its nth port lives
     */
    List<NetworkOfPorts> networks(
            int count, String cidr, int first, IntFunction<String> owners, List<IntFunction<String>> hosts, int ports)
            throws IOException {
        NetworkOfPorts[] made = new NetworkOfPorts[count];
        AtomicInteger next = new AtomicInteger();
        Clients.repeat(server, project, Math.min(count, CLIENTS), 3_600, api -> {
            int number = next.getAndIncrement();
            if (number >= count) {
                return false;
            }
            String owner = owners.apply(first + number);
            if (!owner.equals(project)) {
                allow(api, owner);
            }
            Network network = network(api, owner, cidr);
            IntFunction<String> place = hosts.get(first + number);
            List<String> ids = new ArrayList<>();
            for (int from = 0; from < ports; from += BULK) {
                ids.addAll(bulk(api, owner, network.id(), from, Math.min(ports, from + BULK), place));
            }
            made[number] = new NetworkOfPorts(network, ids);
            return true;
        });
        return List.of(made);
    }

    /**
     * A network and its ports.
     *
     * @param network the network
     * @param ports their ids
     */
    record NetworkOfPorts(Network network, List<String> ports) {}

    /** Makes so many ports on one network, the nth at {@code host} n; returns their ids, in no order. */
    List<String> ports(String network, int count, IntFunction<String> host) throws IOException {
        ConcurrentLinkedQueue<String> made = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        Clients.repeat(server, project, CLIENTS, 3_600, api -> {
            int from = next.getAndAdd(BULK);
            return from < count && made.addAll(bulk(api, project, network, from, Math.min(count, from + BULK), host));
        });
        return List.copyOf(made);
    }

    private static List<String> bulk(
            HttpConnection api, String owner, String network, int from, int to, IntFunction<String> host)
            throws IOException {
        String body = IntStream.range(from, to)
                .mapToObj(i -> {
                    String place = host.apply(i);
                    return "{\"project_id\":\"" + owner + "\",\"network_id\":\"" + network + "\""
                            + (place.isEmpty() ? "" : ",\"binding:host_id\":\"" + place + "\"") + "}";
                })
                .collect(Collectors.joining(",", "{\"ports\":[", "]}"));
        List<String> ids = api.expect(201, "POST", "/v2.0/ports", body.getBytes(StandardCharsets.UTF_8))
                .ids();
        if (ids.size() != to - from) {
            throw new IllegalStateException(ids.size() + " ports were made, not " + (to - from));
        }
        return ids;
    }

    /** Deletes the ports of these networks. */
    void delete(List<NetworkOfPorts> networks) throws IOException {
        ConcurrentLinkedQueue<String> left = new ConcurrentLinkedQueue<>();
        networks.forEach(network -> left.addAll(network.ports()));
        Clients.repeat(server, project, DELETERS, 3_600, api -> {
            String id = left.poll();
            if (id != null) {
                api.expect(204, "DELETE", "/v2.0/ports/" + id, HttpConnection.NOTHING);
            }
            return id != null;
        });
    }

    /** Makes a router with an interface on each of the subnets. */
    void router(List<String> subnets) throws IOException {
        try (HttpConnection api = HttpConnection.toApi(server, project)) {
            String router = api.expect(201, "POST", "/v2.0/routers", "{\"router\":{\"name\":\"bench\"}}")
                    .id();
            for (String subnet : subnets) {
                api.expect(
                        200,
                        "PUT",
                        "/v2.0/routers/" + router + "/add_router_interface",
                        "{\"subnet_id\":\"" + subnet + "\"}");
            }
        }
    }
}
