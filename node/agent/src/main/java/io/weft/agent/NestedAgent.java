package io.weft.agent;

import io.weft.agent.attach.AttachException;
import io.weft.agent.attach.ContainerRequests;
import io.weft.agent.attach.LocalSocket;
import io.weft.agent.container.ContainerEndpoint;
import io.weft.client.Authentication;
import io.weft.client.NeutronClient;
import io.weft.kernel.netlink.RouteNetlink;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The agent of a virtual machine whose port is the parent of a trunk: gives its containers subports. It has no data path; that
 * of the machine's host forwards for them. All that it asks it asks of the API, as a member of its project.
 */
public final class NestedAgent implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(NestedAgent.class.getName());

    private final NeutronClient api;
    private final RouteNetlink netlink;
    private final ContainerEndpoint containers;
    private final LocalSocket socket;

    private NestedAgent(NeutronClient api, RouteNetlink netlink, ContainerEndpoint containers, LocalSocket socket) {
        this.api = api;
        this.netlink = netlink;
        this.containers = containers;
        this.socket = socket;
    }

    /**
     * Starts an agent in the network namespace of the calling thread, which must be the process's own.
     *
     * @param caller as whom the API is asked
     * @param device of the machine; empty for that of the default route
     * @param parentPort the machine's port; empty finds it by the device's MAC
     * @param state the directory of what it keeps
     * @param path where the CNI executable asks
     */
    public static NestedAgent start(
            Authentication caller, Optional<String> device, Optional<UUID> parentPort, Path state, Path path)
            throws IOException {
        NeutronClient api = NeutronClient.of(caller, Agent.CONTAINERS_API);
        RouteNetlink netlink = RouteNetlink.open();
        ContainerEndpoint containers =
                ContainerEndpoint.nested(api, device, parentPort, state.resolve(Agent.CONTAINERS), netlink);
        LocalSocket socket = LocalSocket.start(path, request -> {
            if (request.method().equals("POST") && request.path().equals(ContainerRequests.PATH)) {
                return containers.answer(request.body());
            }
            throw new AttachException(
                    AttachException.Reason.NOT_FOUND, "an agent in a virtual machine answers the CNI executable alone");
        });
        LOGGER.log(Level.INFO, "agent ready", Map.entry("socket", path));
        return new NestedAgent(api, netlink, containers, socket);
    }

    /** Whether containers can be joined now: the API answers, and the machine has its trunk. */
    public boolean isReady() {
        return containers.isReady();
    }

    @Override
    public void close() {
        socket.close();
        containers.close();
        netlink.close();
        api.close();
    }
}
