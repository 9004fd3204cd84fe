package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.agent.container.Attachment.Origin;
import io.weft.agent.container.CniException.Code;
import io.weft.protocol.LocalPort;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Ports that somebody with credentials prepares, as a controller of an orchestrator does: bound to this node, with a
 * {@code device_id} that is the sandbox's id, for further interfaces followed by a colon and the interface's name. Those of
 * further interfaces are there before the sandbox's own, so that all are known once that is. The node needs no credentials, and waits for the port to come with its
 * records.
 */
final class PreparedPorts implements PortSource {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Ports ports;
    private final Predicate<UUID> taken;

    /** @param taken whether a port has another interface already */
    PreparedPorts(Ports ports, Predicate<UUID> taken) {
        this.ports = ports;
        this.taken = taken;
    }

    @Override
    public Origin origin(CniRequest request, Optional<Attachment> before) {
        return Origin.PREPARED;
    }

    @Override
    public UUID obtain(CniRequest request, Optional<Attachment> before) {
        Optional<UUID> own = before.flatMap(Attachment::port);
        Optional<UUID> asked = request.port();
        CompletableFuture<UUID> port;
        if (asked.isPresent()) {
            port = ports.known(asked.get()).thenApply(Ports.Port::id);
        } else {
            String sandbox = request.sandbox();
            Optional<String> network = request.configuration().network();
            String named = sandbox + ":" + request.key().interfaceName();
            // Whose name is the interface's was prepared for it, on the network that the configuration names as it may.
            port = ports.prepared(local -> (local.deviceId().equals(named)
                            || local.deviceId().equals(sandbox)
                                    && network.map(id ->
                                                    id.equals(local.networkId().toString()))
                                            .orElse(true))
                    && (own.equals(Optional.of(local.portId())) || !taken.test(local.portId())));
        }
        return Waiting.await(
                port,
                PATIENCE,
                () -> asked.map(id -> "port " + id + " is not bound to this node")
                        .orElse("no port with the device_id '" + request.sandbox() + "' is bound to this node"));
    }

    @Override
    public Map<String, UUID> further(CniRequest request, Attachment attachment, UUID port) {
        String sandbox = request.sandbox();
        List<LocalPort> all = Waiting.await(
                ports.such(local ->
                        local.deviceId().equals(sandbox) || local.deviceId().startsWith(sandbox + ":")),
                PATIENCE,
                () -> "the agent is busy");
        Map<String, UUID> found = new TreeMap<>();
        if (all.stream()
                .anyMatch(
                        local -> local.portId().equals(port) && local.deviceId().equals(sandbox))) {
            all.stream()
                    .filter(local -> local.deviceId().length() > sandbox.length())
                    .forEach(local -> found.put(local.deviceId().substring(sandbox.length() + 1), local.portId()));
            found.remove(request.key().interfaceName());
        }
        return found;
    }

    @Override
    public void release(Attachment attachment) {
        if (attachment.origin() != Origin.PREPARED) {
            throw new CniException(Code.TRY_AGAIN_LATER, "this agent has no credentials to release a port");
        }
    }
}
