package io.weft.kubernetes.translate;

import io.weft.model.Tier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which security group: why there is one. */
public sealed interface GroupKey {
    /** By which the group is found again; no blanks. */
    String id();

    /** Of pods that no policy isolates in this direction. */
    record Open(Direction direction) implements GroupKey {
        @Override
        public String id() {
            return "open-" + direction.text();
        }
    }

    /**
     * Of pods that no NetworkPolicy isolates in this direction, and some policy of the tier Baseline selects in it: what no
     * such policy decides is let through.
     */
    record Unsaid(Direction direction) implements GroupKey {
        @Override
        public String id() {
            return "unsaid-" + direction.text();
        }
    }

    /** Has no rules: rules of others name it. Its members are the pods of the set. */
    record Peers(PeerSet set) implements GroupKey {
        private static final String KIND = "peers-";

        /** Whether this is the id of such a group. */
        public static boolean isId(String id) {
            return id.startsWith(KIND);
        }

        @Override
        public String id() {
            return KIND + digest(set.toString());
        }
    }

    /**
     * Has a policy's rules, or those of a part. Its members are the pods that the policy selects and whose names of ports
     * mean this.
     *
     * @param policy the policy's uid
     * @param names what those names stand for that the rules use and the pod has
     */
    record Rules(String policy, Policy.Part part, Map<NamedPort, Integer> names) implements GroupKey {
        public Rules {
            names = Map.copyOf(names);
        }

        @Override
        public String id() {
            String kind = part.tier() == Tier.NORMAL
                    ? "policy"
                    : part.tier().text()
                            + part.directions().stream()
                                    .sorted()
                                    .map(direction -> "-" + direction.text())
                                    .collect(Collectors.joining());
            return kind + "-" + policy + (names.isEmpty() ? "" : "-" + digest(new TreeMap<>(names).toString()));
        }
    }

    /** Has no rules: rules of others name it. Its member is the port of the node itself. */
    record Host(String node) implements GroupKey {
        @Override
        public String id() {
            return "host-" + digest(node);
        }
    }

    /**
     * Of pods that some policy isolates: traffic to and from the node where a pod is running is always allowed
     * (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Its members are such pods of the node.
     */
    record OnNode(String node) implements GroupKey {
        @Override
        public String id() {
            return "node-" + digest(node);
        }
    }

    /**
     * Of pods that a policy of the cluster selects in the direction of ingress: the node where a pod is running reaches it
     * whatever such policies say. Its members are such pods of the node.
     */
    record Probes(String node) implements GroupKey {
        @Override
        public String id() {
            return "probes-" + digest(node);
        }
    }

    /** Has no rules: rules of others name it. Its members are the ports of the nodes with such labels themselves. */
    record Nodes(Selector labels) implements GroupKey {
        @Override
        public String id() {
            return "nodes-" + digest(labels.toString());
        }
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
