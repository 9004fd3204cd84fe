package io.weft.domain.replica;

import io.vavr.collection.HashMap;
import java.util.UUID;

/**
 * Which nodes are connected to which servers, and what servers say to be in force on theirs; immutable.
 *
 * @param servers the server of each node that is connected
 * @param nodes how many nodes each server has that has any
 * @param inForce the revision that each server has said to be in force
 */
record Presence(HashMap<UUID, String> servers, HashMap<String, Integer> nodes, HashMap<String, Long> inForce) {
    static final Presence NOBODY = new Presence(HashMap.empty(), HashMap.empty(), HashMap.empty());

    boolean isAlive(UUID node) {
        return servers.containsKey(node);
    }

    boolean isConnectedTo(UUID node, String server) {
        return servers.getOrElse(node, "").equals(server);
    }

    boolean hasNodesElsewhere(String server) {
        return nodes.size() > (nodes.containsKey(server) ? 1 : 0);
    }

    /** The lowest that servers other than this one have said; the highest number when no other one has nodes. */
    long inForceElsewhere(String server) {
        long lowest = Long.MAX_VALUE;
        for (String other : nodes.keySet()) {
            if (!other.equals(server)) {
                lowest = Math.min(lowest, inForce.getOrElse(other, 0L));
            }
        }
        return lowest;
    }

    Presence with(UUID node, String server) {
        Presence others = without(node);
        return new Presence(
                others.servers.put(node, server),
                others.nodes.put(server, others.nodes.getOrElse(server, 0) + 1),
                inForce);
    }

    Presence without(UUID node) {
        String server = servers.getOrElse(node, "");
        if (server.isEmpty()) {
            return this;
        }
        int left = nodes.getOrElse(server, 1) - 1;
        return new Presence(servers.remove(node), left == 0 ? nodes.remove(server) : nodes.put(server, left), inForce);
    }

    /** With what a server says; 0 when it says nothing any more. */
    Presence withInForce(String server, long revision) {
        return new Presence(servers, nodes, revision == 0 ? inForce.remove(server) : inForce.put(server, revision));
    }
}
