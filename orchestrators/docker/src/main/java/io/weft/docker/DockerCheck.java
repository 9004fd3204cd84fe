package io.weft.docker;

import io.weft.client.Network;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.Query;
import io.weft.docker.protocol.EngineState;
import io.weft.docker.socket.EngineClient;
import io.weft.docker.translate.Labels;
import io.weft.docker.translate.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what this node's engine has with what Neutron has in its name. What an engine was busy with a moment ago is left
 * alone, and nothing is said while the engine does not answer.
 */
public final class DockerCheck {
    private final NeutronClient neutron;
    private final Workloads workloads;
    private final EngineClient engine;
    private final String driver;
    private final NetworkDriver networks;
    private final Publisher publisher;
    private final Recent recent;

    DockerCheck(
            NeutronClient neutron,
            Workloads workloads,
            EngineClient engine,
            String driver,
            NetworkDriver networks,
            Publisher publisher,
            Recent recent) {
        this.neutron = neutron;
        this.workloads = workloads;
        this.engine = engine;
        this.driver = driver;
        this.networks = networks;
        this.publisher = publisher;
        this.recent = recent;
    }

    /**
     * Something that should not be.
     *
     * @param kind {@code port}, {@code network} or {@code container}
     * @param id which
     * @param detail what is wrong, and what to do where this cannot repair it
     * @param repaired whether it is gone now
     */
    public record Finding(String kind, String id, String detail, boolean repaired) {}

    /**
     * Looks for what an engine left behind.
     *
     * @param repair whether to remove it
     * @throws IOException when the engine does not answer
     */
    public List<Finding> run(boolean repair) throws IOException {
        // Neutron first: what is made in between is in the engine's answer then.
        List<Port> ports = neutron.ports().list(Query.where("device_owner", Labels.OWNER)).stream()
                .filter(port -> port.host().equals(workloads.host()))
                .toList();
        List<Network> made = neutron.networks().list(Query.ALL);
        EngineState state = state();
        List<Finding> findings = new ArrayList<>();
        Set<String> connected = new HashSet<>();
        for (Port port : ports) {
            if (state.endpoints().containsKey(port.deviceId())) {
                connected.add(port.deviceId());
            } else if (!recent.contains(port.id().toString())) {
                findings.add(port(port, repair));
            }
        }
        state.endpoints().forEach((endpoint, container) -> {
            if (!connected.contains(endpoint)
                    && EndpointDriver.find(neutron, workloads.host(), endpoint).isEmpty()) {
                findings.add(new Finding(
                        "container",
                        container,
                        "its port is gone: disconnect it from its network and connect it again",
                        false));
            }
        });
        for (Network network : made) {
            if (network.tags().contains(Labels.SWARM)) {
                // Only whoever leads the managers knows whether there is one.
                continue;
            }
            Labels.madeFor(network.description(), workloads.host())
                    .filter(id -> !state.networks().contains(id) && !recent.contains(id))
                    .ifPresent(id -> findings.add(network(network, id, repair)));
        }
        return List.copyOf(findings);
    }

    private EngineState state() throws IOException {
        List<String> ids = EngineState.networks(engine.get("/networks"), driver);
        Map<String, String> endpoints = new HashMap<>();
        for (String id : ids) {
            endpoints.putAll(EngineState.endpoints(engine.get("/networks/" + id)));
        }
        return new EngineState(ids, endpoints);
    }

    private Finding port(Port port, boolean repair) {
        String detail = port.deviceId().isEmpty()
                ? "its address was taken for a container that never came or went without giving it back"
                : "the engine has no endpoint " + port.deviceId();
        return new Finding("port", port.id().toString(), detail, repair && done(() -> remove(port)));
    }

    private void remove(Port port) {
        workloads.detach(port.id());
        publisher.revoke(port);
        if (Ports.isExisting(port)) {
            AddressDriver.giveBack(neutron, port);
        } else {
            neutron.ports().delete(port.id());
        }
    }

    private Finding network(Network network, String dockerId, boolean repair) {
        return new Finding(
                "network",
                network.id().toString(),
                "the engine has no network " + dockerId,
                repair && done(() -> networks.removeMade(network, dockerId)));
    }

    private static boolean done(Runnable repair) {
        try {
            repair.run();
            return true;
        } catch (NeutronException e) {
            System.getLogger(DockerCheck.class.getName())
                    .log(System.Logger.Level.WARNING, "what an engine left cannot be removed", e);
            return false;
        }
    }
}
