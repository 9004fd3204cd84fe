package io.weft.agent.container;

import io.weft.agent.attach.ContainerRequests;
import io.weft.agent.attach.LocalSocket;
import io.weft.agent.attach.Ports;
import io.weft.agent.container.CniException.Code;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.RouteNetlink;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Answers container runtimes: https://www.cni.dev/docs/spec/#cni-operations. Each request is on a thread of its own; those
 * for one attachment go one after the other.
 */
public final class ContainerEndpoint implements ContainerRequests, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ContainerEndpoint.class.getName());
    /** The HTTP status of an answer that is an error object. */
    private static final int NOT_DONE = 422;

    private final PortSource source;
    private final Attachments attachments;
    private final Devices devices;
    private final Turns turns = new Turns();
    private final Releases releases;

    private ContainerEndpoint(PortSource source, Attachments attachments, Devices devices) {
        this.source = source;
        this.attachments = attachments;
        this.devices = devices;
        this.releases = new Releases(attachments, source, turns);
        clearGone();
    }

    /**
     * Starts answering; what a former process left to be done goes on.
     *
     * @param host this node's name
     * @param api as whom ports are made; without it, they have to be prepared
     * @param directory where attachments are kept
     * @param netlink of the host's namespace
     */
    public static ContainerEndpoint start(
            String host, Ports ports, Optional<NeutronClient> api, Path directory, RouteNetlink netlink)
            throws IOException {
        Attachments attachments = Attachments.open(directory);
        PortSource source = api.isPresent()
                ? new ApiPorts(api.get(), new NodeOwnership(host, api.get()), Optional.empty())
                : new PreparedPorts(ports, attachments::has);
        return new ContainerEndpoint(source, attachments, new Veth(netlink, ports));
    }

    /**
     * Starts answering in a virtual machine whose port is the parent of a trunk: containers get subports, such as are made for
     * them, or prepared where no network is named.
     *
     * @param api as whom ports are made and put behind tags: a member of the machine's project; a reader when all are prepared
     * @param device of the machine; empty for that of the default route
     * @param parentPort the machine's port; empty finds it by the device's MAC
     * @param directory where attachments are kept
     * @param netlink of the machine's namespace
     */
    public static ContainerEndpoint nested(
            NeutronClient api, Optional<String> device, Optional<UUID> parentPort, Path directory, RouteNetlink netlink)
            throws IOException {
        return nested(api, parentPort, directory, new KernelVlanLinks(netlink, device));
    }

    static ContainerEndpoint nested(NeutronClient api, Optional<UUID> parentPort, Path directory, VlanLinks links)
            throws IOException {
        ParentTrunk trunk =
                new ParentTrunk(api, parentPort, () -> links.lower().mac().orElseThrow());
        Attachments attachments = Attachments.open(directory);
        AwaitedPorts awaited = new AwaitedPorts(api);
        PreparedSubports prepared = new PreparedSubports(api, trunk, awaited, attachments::has);
        return new ContainerEndpoint(
                new ApiPorts(api, new TrunkOwnership(api, trunk), Optional.of(prepared)),
                attachments,
                new TrunkDevices(api, trunk, links, awaited));
    }

    /** Whether containers can be joined now. */
    public boolean isReady() {
        try {
            devices.requireReady();
            return true;
        } catch (CniException | NeutronException | KernelException e) {
            return false;
        }
    }

    /** The stream of records is there again; what waits for the server may go on. */
    public void connected() {
        releases.wake();
    }

    /** Containers whose namespace has no name any more ended while no agent ran, or with the machine. */
    private void clearGone() {
        for (Attachment each : attachments.all()) {
            if (!each.gone() && !Files.exists(each.namespace())) {
                undo(each.key());
                LOGGER.log(
                        Level.INFO,
                        "container gone",
                        Map.entry("container", each.key().container()),
                        Map.entry("interface", each.key().interfaceName()));
            }
        }
    }

    @Override
    public LocalSocket.Answer answer(byte[] body) {
        String version = "1.1.0";
        try {
            CniRequest request = CniRequest.read(body);
            version = request.configuration().version();
            return new LocalSocket.Answer(200, done(request));
        } catch (CniException e) {
            return failed(version, e);
        } catch (NeutronException e) {
            return failed(version, CniException.of(e));
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a container's request failed by a fault of the agent", e);
            return failed(version, new CniException(Code.IO_FAILURE, "a fault of the agent; its log says more"));
        }
    }

    private static LocalSocket.Answer failed(String version, CniException e) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("cniVersion", version);
        error.put("code", e.code().number());
        error.put("msg", String.valueOf(e.getMessage()));
        return new LocalSocket.Answer(NOT_DONE, error);
    }

    private Map<String, Object> done(CniRequest request) {
        return switch (request.command()) {
            case ADD -> turns.in(request.key(), () -> add(request));
            case DEL -> {
                turns.in(request.key(), () -> delAll(request.key()));
                releases.await(request.key());
                yield Map.of();
            }
            case CHECK -> turns.in(request.key(), () -> check(request));
            case GC -> collect(request);
            case STATUS -> {
                devices.requireReady();
                yield Map.of();
            }
        };
    }

    private Map<String, Object> add(CniRequest request) {
        AttachmentKey key = request.key();
        Path path = request.namespace();
        try (NetworkNamespace namespace = Inside.open(path)
                .orElseThrow(() -> new CniException(Code.UNKNOWN_CONTAINER, "there is no network namespace " + path))) {
            Optional<Attachment> before = attachments.find(key);
            Attachment begun = new Attachment(
                    key,
                    request.configuration().name(),
                    path,
                    source.origin(request, before),
                    before.flatMap(Attachment::port),
                    false,
                    before.flatMap(Attachment::first));
            attachments.put(begun);
            try {
                return join(request, begun, before, namespace);
            } catch (RuntimeException e) {
                if (before.isEmpty()) {
                    undo(key);
                }
                throw e;
            }
        }
    }

    private Map<String, Object> join(
            CniRequest request, Attachment begun, Optional<Attachment> before, NetworkNamespace namespace) {
        UUID port = obtain(request, before, namespace);
        List<CniResult.Joined> joined = new ArrayList<>();
        joined.add(wire(begun, port, namespace, request.configuration().defaultRoute()));
        source.further(request, begun, port).forEach((name, further) -> {
            AttachmentKey key = new AttachmentKey(begun.key().container(), name);
            joined.add(turns.in(key, () -> wire(alongWith(begun, key), further, namespace, Optional.empty())));
        });
        for (CniResult.Joined each : joined) {
            devices.awaitForce(each.wiring().port().portId());
            LOGGER.log(
                    Level.INFO,
                    "container joined",
                    Map.entry("container", begun.key().container()),
                    Map.entry("interface", each.made().inside().name()),
                    Map.entry("port", each.wiring().port().portId()));
        }
        return CniResult.of(request.configuration().version(), begun.namespace(), joined);
    }

    /** The port of a container. One that was not begun before gets its devices prepared meanwhile. */
    private UUID obtain(CniRequest request, Optional<Attachment> before, NetworkNamespace namespace) {
        if (before.isPresent()) {
            return source.obtain(request, before);
        }
        CompletableFuture<Void> prepared = CompletableFuture.runAsync(
                () -> devices.prepare(namespace, request.key().interfaceName()), Thread::startVirtualThread);
        try {
            return source.obtain(request, before);
        } finally {
            // What was in its way is met again when the interface is made, and said then.
            prepared.exceptionally(_ -> null).join();
        }
    }

    private Attachment alongWith(Attachment first, AttachmentKey key) {
        return new Attachment(
                key,
                first.network(),
                first.namespace(),
                first.origin(),
                attachments.find(key).flatMap(Attachment::port),
                false,
                Optional.of(first.key().interfaceName()));
    }

    private CniResult.Joined wire(
            Attachment begun, UUID port, NetworkNamespace namespace, Optional<Boolean> defaultRoute) {
        if (begun.port().isPresent() && !begun.port().get().equals(port)) {
            devices.remove(begun);
        }
        attachments.put(begun.withPort(port));
        Ports.Wiring wiring = devices.wiring(port);
        boolean again = begun.port().equals(Optional.of(port));
        return new CniResult.Joined(
                wiring, devices.make(wiring, namespace, begun.key().interfaceName(), defaultRoute, again));
    }

    /** Takes away what is left of a container; where that fails, it stays until the runtime asks for its end. */
    private void undo(AttachmentKey key) {
        try {
            delAll(key);
        } catch (CniException e) {
            LOGGER.log(Level.WARNING, "what is left of a container stays: " + key, e);
        }
    }

    /** Takes an interface away, and before it those that came along with it. */
    private Map<String, Object> delAll(AttachmentKey key) {
        for (AttachmentKey further : attachments.broughtBy(key)) {
            turns.in(further, () -> del(further));
        }
        return del(key);
    }

    private Map<String, Object> del(AttachmentKey key) {
        Optional<Attachment> known = attachments.find(key);
        if (known.isPresent() && !known.get().gone()) {
            Attachment attachment = known.get();
            devices.remove(attachment);
            attachments.markGone(attachment);
            LOGGER.log(
                    Level.INFO,
                    "container left",
                    Map.entry("container", key.container()),
                    Map.entry("interface", key.interfaceName()));
            releases.wake();
        }
        return Map.of();
    }

    private Map<String, Object> check(CniRequest request) {
        Ports.Wiring wiring = check(request.namespace(), request.key());
        attachments.broughtBy(request.key()).forEach(further -> check(request.namespace(), further));
        Set<String> addresses = wiring.port().addresses().stream()
                .map(address -> address.address().toString())
                .collect(Collectors.toSet());
        request.configuration()
                .previous()
                .ifPresent(previous -> previous.path("ips").forEach(ip -> {
                    String address = ip.path("address").asString("");
                    int slash = address.indexOf('/');
                    if (slash > 0
                            && ip.path("interface").asInt(-1) == 1
                            && !addresses.contains(address.substring(0, slash))) {
                        throw new CniException(Code.CHANGED, "the port has no address " + address + " any more");
                    }
                }));
        return Map.of();
    }

    private Ports.Wiring check(Path path, AttachmentKey key) {
        UUID port = attachments
                .find(key)
                .filter(attachment -> !attachment.gone())
                .flatMap(Attachment::port)
                .orElseThrow(() -> new CniException(Code.UNKNOWN_CONTAINER, key + " is not joined to a port"));
        try (NetworkNamespace namespace = Inside.open(path)
                .orElseThrow(() -> new CniException(Code.UNKNOWN_CONTAINER, "the network namespace is gone"))) {
            return devices.check(port, namespace, key.interfaceName());
        }
    }

    private Map<String, Object> collect(CniRequest request) {
        String network = request.configuration().name();
        Set<AttachmentKey> valid = Set.copyOf(request.configuration().valid());
        for (Attachment each : attachments.all()) {
            // Runtimes know only those that they asked for.
            if (each.network().equals(network) && !valid.contains(each.key()) && !valid.contains(each.owner())) {
                turns.in(each.key(), () -> del(each.key()));
            }
        }
        return Map.of();
    }

    /** Forgets all attachments, as of a node that is taken down for good. */
    public static void purge(Path directory) throws IOException {
        Attachments.purge(directory);
    }

    @Override
    public void close() {
        releases.close();
    }
}
