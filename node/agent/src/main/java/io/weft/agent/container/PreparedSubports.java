package io.weft.agent.container;

import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.Query;
import io.weft.client.SandboxTags;
import io.weft.client.Trunk;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Ports that somebody prepares as subports of this machine's trunk, with the tags of {@link SandboxTags}, as a controller of
 * an orchestrator does. Those of further interfaces are there before the sandbox's own, so that all are known once that is.
 * The agent only reads, so the role {@code reader} will do.
 */
final class PreparedSubports {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NeutronClient api;
    private final ParentTrunk trunk;
    private final AwaitedPorts awaited;
    private final Predicate<UUID> taken;

    /** @param taken whether a port has an interface already */
    PreparedSubports(NeutronClient api, ParentTrunk trunk, AwaitedPorts awaited, Predicate<UUID> taken) {
        this.api = api;
        this.trunk = trunk;
        this.awaited = awaited;
        this.taken = taken;
    }

    /**
     * The port for an interface.
     *
     * @param own the one that it has
     * @throws CniException when there is none in time
     */
    UUID obtain(CniRequest request, Optional<UUID> own) {
        String name = request.key().interfaceName();
        return Waiting.await(
                awaited.prepared(
                        request.sandbox(),
                        ports -> ports.stream()
                                .filter(port -> SandboxTags.interfaceName(port)
                                        .orElse(name)
                                        .equals(name))
                                .filter(port -> own.equals(Optional.of(port.id())) || !taken.test(port.id()))
                                .filter(this::isHere)
                                .map(Port::id)
                                .findFirst()),
                PATIENCE,
                () -> "no port with the tag '" + SandboxTags.tag(request.sandbox())
                        + "' is a subport of this machine's trunk "
                        + trunk.seen().id());
    }

    /** The trunk may be another one than was seen last. */
    private boolean isHere(Port port) {
        return port.deviceOwner().equals(Trunk.SUBPORT_OWNER) && (isOf(trunk.seen(), port) || isOf(trunk.read(), port));
    }

    private static boolean isOf(Trunk trunk, Port port) {
        return trunk.id().toString().equals(port.deviceId());
    }

    /**
     * The ports of the interfaces that come along with a sandbox's own, by the interfaces' names.
     *
     * @param port what {@link #obtain} gave
     */
    Map<String, UUID> further(CniRequest request, UUID port) {
        List<Port> all = api.ports().list(Query.tagged(SandboxTags.tag(request.sandbox())));
        Map<String, UUID> found = new TreeMap<>();
        boolean isOwn = all.stream()
                .anyMatch(each -> each.id().equals(port)
                        && SandboxTags.interfaceName(each).isEmpty());
        if (isOwn) {
            all.stream()
                    .filter(this::isHere)
                    .forEach(each -> SandboxTags.interfaceName(each).ifPresent(name -> found.put(name, each.id())));
            found.remove(request.key().interfaceName());
        }
        return found;
    }
}
