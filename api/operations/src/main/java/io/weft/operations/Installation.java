package io.weft.operations;

import io.weft.model.IpAddress;
import io.weft.rest.ApiException;
import io.weft.rest.Caller;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What operators can see of an installation and do to it. Methods may throw an {@link ApiException}. */
public interface Installation {
    /** Every node, in the order of names. */
    List<NodeView> nodes();

    /** Who holds addresses that several ports may hold, in the order of addresses: what the nodes filed last. */
    List<ClaimView> claims();

    /**
     * What would become of a packet; {@code docs/trace.md} has the words and the answer.
     *
     * @param caller who asks: a tenant sees what its own ports and routers decide
     * @param words which packet
     * @return {@code steps} and {@code outcome}
     */
    Map<String, Object> trace(Caller caller, Map<String, String> words);

    /**
     * Waits for packets that a port sends, and tells what is decided about each while it passes.
     *
     * @param caller who asks: a tenant sees what its own ports and routers decide
     * @param words which packets, how many and how long
     * @return {@code packets}
     */
    Map<String, Object> liveTrace(Caller caller, Map<String, String> words);

    /** Takes a node away for good: its certificates are revoked and its record is deleted. */
    void deleteNode(String name);

    /**
     * Makes a one-time token for a new node.
     *
     * @param host the only host that may use it; without one any host that is not enrolled yet
     */
    TokenView createToken(Optional<String> host, Duration lifetime);

    /** How the installation is. */
    StatusView status();

    /** Writes the whole store as one revision left it. */
    void backup(OutputStream out) throws IOException;

    /**
     * A node.
     *
     * @param alive whether it has reported or been connected lately
     * @param lastSeen when it last did
     * @param agentVersion the build of its agent, empty before its first report
     * @param revision the store revision in force on it, 0 before its first report
     * @param ports how many ports are bound to it
     * @param problems what it says is wrong
     */
    record NodeView(
            UUID id,
            String name,
            List<IpAddress> tunnelAddresses,
            boolean alive,
            Optional<Instant> lastSeen,
            String agentVersion,
            long revision,
            int ports,
            List<String> problems) {
        public NodeView {
            tunnelAddresses = List.copyOf(tunnelAddresses);
            problems = List.copyOf(problems);
        }
    }

    /**
     * A shared address and who holds it.
     *
     * @param address the address
     * @param mac under which MAC
     * @param portId the port that announced it last
     * @param networkId its network
     * @param node the node of the port
     */
    record ClaimView(IpAddress address, String mac, UUID portId, UUID networkId, String node) {}

    /**
     * A token that can be used once.
     *
     * @param token the text to hand to the node's agent
     * @param expiresAt when it stops working
     */
    record TokenView(String token, Instant expiresAt) {}

    /**
     * The state of the installation as this server sees it.
     *
     * @param version the server's build
     * @param store {@code embedded} or {@code etcd}
     * @param epoch the store's epoch
     * @param storeRevision the store's latest revision
     * @param replicaRevision the revision that this server reads from
     * @param resources how many resources there are, by kind
     * @param nodesAlive how many nodes are alive
     * @param streams how many agents are connected to this server
     */
    record StatusView(
            String version,
            String store,
            UUID epoch,
            long storeRevision,
            long replicaRevision,
            Map<String, Integer> resources,
            int nodesAlive,
            int streams) {
        public StatusView {
            resources = Collections.unmodifiableMap(new LinkedHashMap<>(resources));
        }
    }
}
