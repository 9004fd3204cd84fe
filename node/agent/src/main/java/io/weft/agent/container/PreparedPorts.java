package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.agent.container.Attachment.Origin;
import io.weft.agent.container.CniException.Code;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Ports that somebody with credentials prepares, as a controller of an orchestrator does: bound to this node, with a
 * {@code device_id} that is the sandbox's id. The node needs no credentials, and waits for the port to come with its
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
    public Origin origin(CniRequest request) {
        return Origin.PREPARED;
    }

    @Override
    public UUID obtain(CniRequest request, Optional<Attachment> before) {
        Optional<UUID> own = before.flatMap(Attachment::port);
        Optional<UUID> named = request.port();
        CompletableFuture<UUID> port;
        if (named.isPresent()) {
            port = ports.known(named.get()).thenApply(Ports.Port::id);
        } else {
            String sandbox = request.sandbox();
            Optional<String> network = request.configuration().network();
            port = ports.prepared(local -> local.deviceId().equals(sandbox)
                    && network.map(id -> id.equals(local.networkId().toString()))
                            .orElse(true)
                    && (own.equals(Optional.of(local.portId())) || !taken.test(local.portId())));
        }
        return Waiting.await(
                port,
                PATIENCE,
                () -> named.map(id -> "port " + id + " is not bound to this node")
                        .orElse("no port with the device_id '" + request.sandbox() + "' is bound to this node"));
    }

    @Override
    public void release(Attachment attachment) {
        if (attachment.origin() != Origin.PREPARED) {
            throw new CniException(Code.TRY_AGAIN_LATER, "this agent has no credentials to release a port");
        }
    }
}
